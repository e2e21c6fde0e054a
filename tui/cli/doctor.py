"""`callfloor doctor`: what is unsafe or missing on this server, and the remedy."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.cells import cell_len

from tui.cli.shared import now, padded, session_of, system_user
from tui.doctor.facts import Finding, Level
from tui.i18n import _

DOCTOR_VERSION = 1
"""Of the JSON that is printed; it goes up when a key changes its meaning."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at this server and say what is unsafe or missing; ends with 1 where there is a fault.

    As root it sees everything, sshd's settings too; it changes nothing.
    """
    from tui.doctor import checks, looking

    config = session_of(context).config
    findings = checks.examine(looking.look(config, system_user(), now()))
    if as_json:
        click.echo(json.dumps(_as_json(findings), ensure_ascii=False, indent=2))
    else:
        _print(findings)
    context.exit(int(any(finding.level is Level.FAULT for finding in findings)))


def _as_json(findings: Sequence[Finding]) -> dict[str, object]:
    from tui.doctor.sentences import sentence

    rows = [
        {
            "check": one.check,
            "level": str(one.level),
            "code": one.code,
            "text": sentence(one),
            "fields": dict(one.fields),
        }
        for one in findings
    ]
    return {"version": DOCTOR_VERSION, "findings": rows}


def _print(findings: Sequence[Finding]) -> None:
    from tui.doctor.sentences import CHECKS, LEVELS, sentence

    heads = [(f"{sign} {_(word)}", _(CHECKS[one.check])) for one in findings for sign, word in [LEVELS[one.level]]]
    first, second = (max(map(cell_len, column)) for column in zip(*heads, strict=True))
    for (level, check), finding in zip(heads, findings, strict=True):
        click.echo("  ".join((padded(level, first), padded(check, second), sentence(finding))))
