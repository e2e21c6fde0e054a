"""The command line: one module for each group of commands, loaded when one of them is called."""

from __future__ import annotations

from importlib import import_module

import click

from tui.cli.shared import Session, database_option, spoken

VERSION = "0.1.0"
"""Stands here too, because asking the installed distribution costs more than the rest of `--version`."""

COMMANDS = {
    "agent": "tui.cli.people:agent",
    "backup": "tui.cli.backups:backup",
    "campaign": "tui.cli.playbooks:campaign",
    "check": "tui.cli.record:check",
    "config": "tui.cli.config:config",
    "copy": "tui.cli.copying:copy",
    "cost": "tui.cli.cost:cost",
    "counts": "tui.cli.counts:counts",
    "demo": "tui.cli.demo:demo",
    "desk": "tui.cli.desk:desk",
    "doctor": "tui.cli.doctor:doctor",
    "erase": "tui.cli.record:erase",
    "grants": "tui.cli.grants:grants",
    "import": "tui.cli.lists:import_list",
    "init": "tui.cli.floor:init",
    "measure": "tui.cli.measures:measure",
    "monitor": "tui.cli.monitor:monitor",
    "manual": "tui.cli.manual:manual",
    "playbook": "tui.cli.playbooks:playbook",
    "report": "tui.cli.report:report",
    "restore": "tui.cli.backups:restore",
    "status": "tui.cli.floor:status",
    "suppress": "tui.cli.suppress:suppress",
    "target": "tui.cli.targets:target",
    "team": "tui.cli.people:team",
}
"""Name → 'module:function' of the click command or group."""

SUMMARIES = {
    "agent": "Who works here: add, list, move, leave.",
    "backup": "Copy the floor while everybody works.",
    "campaign": "Campaigns and their playbooks.",
    "check": "Recount everything, prove the record, and say whether all agrees.",
    "config": "What is configured here, and who said so.",
    "copy": "Move a floor to another database, and count.",
    "cost": "What was spent on a source in a month.",
    "counts": "Impressions, clicks, visits … above the leads.",
    "demo": "Try it: a floor with made-up people and leads.",
    "desk": "Open your desk (what callfloor does by itself).",
    "doctor": "Look at this server and say what is unsafe or missing.",
    "erase": "Erase a person's names, numbers and notes.",
    "grants": "The SQL for an account each on PostgreSQL.",
    "import": "Take a list of leads in, or take it back.",
    "init": "Set a new floor up.",
    "measure": "What was decided in a review, and what came of it.",
    "monitor": "Watch the floor, and change nothing.",
    "manual": "The stage manual of a campaign, to read or to print.",
    "playbook": "Look at a playbook, or check one for mistakes.",
    "report": "Figures, plans and sheets, to read or as files.",
    "restore": "Put a backup in a floor's place.",
    "status": "The funnel's figures, for people or as JSON.",
    "suppress": "Numbers that nobody may call.",
    "target": "What is wanted in a month.",
    "team": "Teams: add, list, move, leave.",
}
"""What `--help` says of each, so that it loads none of them."""


class CommandTable(click.Group):
    """Loads a command when it is called; turns the floor's refusals into one sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now, with `--db` on it and on every command below it."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command: click.Command = getattr(import_module(module), name)
        _offer_database(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, from the table of summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; what the floor refuses becomes a sentence on stderr."""
        ctx.ensure_object(Session)
        with spoken():
            return super().invoke(ctx)


def _offer_database(command: click.Command) -> None:
    if not any(parameter.name == "db" for parameter in command.params):
        command.params.append(database_option())
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _offer_database(below)
