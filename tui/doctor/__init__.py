"""The doctor of a shared server: looks at the real one and says what is unsafe or missing, with the remedy.

`facts` is what can be seen, `looking` sees it, `checks` judges it without looking, `sentences` says it.
"""
