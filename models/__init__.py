"""The memory of callfloor: what the floor knows, and every command that changes it.

Agents command by `queue`, `ledger`, `undoing`, `contacts` and `taking_in`, managers by `floor` and `crew`. Screens
read `views`, `lists`, `figures` and `day`, the monitor reads `watching`. Beneath all lie `base`, `connect` and
`schema`; the history is `journal`, kept honest by `record`.
"""
