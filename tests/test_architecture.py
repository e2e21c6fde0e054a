"""The walls of the house: who may import whom, what is loaded when, and how long a text may get.

The walls are tried on made-up violations too, so that a wall that fell over is noticed.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("funnel.py", "models", "themes", "tui")
WRITTEN = (*SHIPPED, "benchmarks", "deploy", "docs")

STANDARD = frozenset(sys.stdlib_module_names) | {"__future__"}
OUTSIDE_WORLD = frozenset(
    "asyncio builtins concurrent ctypes dbm fileinput ftplib getpass glob http imaplib importlib io logging mmap"
    " multiprocessing os pathlib pickle platform random runpy sched secrets select selectors shelve shutil signal"
    " smtplib socket socketserver sqlite3 ssl subprocess sys syslog tempfile threading time urllib uuid".split()
)
DATABASES = frozenset({"peewee", "playhouse", "apsw", "psycopg", "sqlite3"})
TRADE = frozenset(
    "babel charset_normalizer dateutil holidays inotify_simple msgspec phonenumbers platformdirs python_calamine"
    " tzdata".split()
)
FUNNEL = STANDARD - OUTSIDE_WORLD
MODELS = STANDARD | DATABASES | TRADE | {"funnel", "models"}
THEMES = STANDARD | {"themes", "textual.theme", "textual.color"}

CLOCKS = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"})
DOORS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint"})
QUERIES = frozenset(
    "bulk_create bulk_update create delete delete_by_id delete_instance execute filter get get_by_id get_or_create"
    " get_or_none insert insert_from insert_many raw replace replace_many save select set_by_id update".split()
)

READING = frozenset(
    "models.access.asking models.campaigns.Book models.cards models.connect.sqlite_path models.desks.presence.State"
    " models.desks.version models.errors models.exchange.formulas models.feed models.people.Role models.search.finding"
    " models.search.terms.Sought models.views models.watching models.connect.snapshot models.reports.bottlenecks"
    " models.reports.bridges models.reports.drying"
    " models.reports.forecasts models.reports.funnels models.reports.hours models.reports.openings"
    " models.reports.periods models.reports.plans models.reports.reaches models.reports.slices models.reports.sources"
    " models.reports.targets models.reports.passages.Key models.reports.work".split()
)
"""What the monitor may know of the models: values, and questions that change nothing."""
WATCHING = frozenset({"models", "tui.app", "tui.errands", "tui.screens"})
"""What it may not know, but for these and what follows."""
ASKING = frozenset({"tui.screens.questions"})

LINES_OF_A_FILE = 450
LINES_OF_A_FUNCTION = 60

Wall = Callable[[Path, ast.Module], Iterator[str]]


def python_files(root: Path, places: Iterable[str]) -> list[Path]:
    files = [path for place in places for path in ((root / place).rglob("*.py"), [root / place])[place.endswith(".py")]]
    return sorted(path for path in files if path.is_file())


def breaches(root: Path, wall: Wall, places: Iterable[str]) -> list[str]:
    """Every place where a file reaches through the wall, as `file:line what`."""
    found = []
    for path in python_files(root, places):
        relative = path.relative_to(root)
        found += [f"{relative}:{said}" for said in wall(relative, ast.parse(path.read_text("utf-8")))]
    return found


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever in the file, by whatever way."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield node.lineno, alias.name
            case ast.ImportFrom():
                above = path.with_suffix("").parts[: -node.level] if node.level else ()
                for alias in node.names:
                    yield node.lineno, ".".join([*above, *filter(None, [node.module]), alias.name])
            case ast.Call(
                func=ast.Name("import_module") | ast.Attribute(attr="import_module"), args=[ast.Constant(str(name)), *_]
            ):
                yield node.lineno, name


def is_under(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


# ── the walls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def layers(path: Path, tree: ast.Module) -> Iterator[str]:
    """`funnel` ← `models` ← `tui` and `themes` ← `tui`, never up; widgets know no models, screens no database."""
    allowed: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset({"tests", "benchmarks"})
    match path.parts:
        case ("funnel.py",):
            allowed = FUNNEL
        case ("models", *_):
            allowed = MODELS
        case ("themes", *_):
            allowed = THEMES
        case ("tui", "widgets", *_):
            forbidden |= DATABASES | {"models"}
        case ("tui", "screens" | "dialogs" | "monitor" | "figures", *_):
            forbidden |= DATABASES
    for line, name in imports(path, tree):
        if is_under(name, forbidden) or not (allowed is None or is_under(name, allowed)):
            yield f"{line} imports {name}"


def watching(path: Path, tree: ast.Module) -> Iterator[str]:
    """The monitor reads: it knows no name of the models that writes, and nothing of the desk's that could."""
    if path.parts[:2] not in {("tui", "monitor"), ("tui", "glass"), ("tui", "figures")}:
        return
    for line, name in imports(path, tree):
        if is_under(name, WATCHING) and not is_under(name, READING | ASKING):
            yield f"{line} imports {name}"


def purity(path: Path, tree: ast.Module) -> Iterator[str]:
    """The heart reads no clock and opens no door to the world."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("datetime" | "date" | "time"), attr=called)) if (
                called in CLOCKS
            ):
                yield f"{node.lineno} reads the clock: {called}"
            case ast.Call(func=ast.Name(called)) if called in DOORS:
                yield f"{node.lineno} calls {called}"


def through_the_store(path: Path, tree: ast.Module) -> Iterator[str]:
    """Screens and dialogs hand the models' functions to the store's thread: they call none, and build no query."""
    if (
        path.parts[:2] not in {("tui", "screens"), ("tui", "dialogs"), ("tui", "monitor"), ("tui", "figures")}
        or path.stem == "errands"
    ):
        return
    meant = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and is_under(node.module, {"models"})
        for alias in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(model), attr=query) if (
                model in meant and model[0].isupper() and query in QUERIES
            ):
                yield f"{node.lineno} queries: {model}.{query}"
    for call in calls_on_this_thread(tree):
        match call.func:
            case ast.Name(function) if function in meant and function[0].islower():
                called = meant[function]
            case ast.Attribute(value=ast.Name(module), attr=function) if module in meant and function[0].islower():
                called = f"{meant[module]}.{function}"
            case _:
                continue
        if called.rpartition(".")[0] in on_the_database():
            yield f"{call.lineno} calls {called} past the store"


def calls_on_this_thread(node: ast.AST, *, is_inside: bool = False) -> Iterator[ast.Call]:
    """Calls that run where they stand; lambdas and inner functions are what is handed to the store."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(child, ast.Lambda) or (is_function and is_inside):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls_on_this_thread(child, is_inside=is_inside or is_function)


@cache
def on_the_database() -> frozenset[str]:
    """Modules of the models that reach the database; the others may be called anywhere."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in python_files(ROOT, ["models"])}
    imported = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): [
            name for _, name in imports(path.relative_to(ROOT), tree)
        ]
        for path, tree in trees.items()
    }
    reaching: frozenset[str] = DATABASES
    while more := {module for module, names in imported.items() if any(is_under(name, reaching) for name in names)}:
        if more <= reaching:
            break
        reaching |= more
    return reaching - {"models"}


def declared(path: Path, tree: ast.Module) -> Iterator[str]:
    """What ships imports nothing that pyproject.toml does not bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    distributions = {requirement.split(">=")[0].split("[")[0].lower() for requirement in requirements}
    modules = {"python-dateutil": "dateutil", "peewee": "peewee playhouse"}
    brought = {m for d in distributions for m in modules.get(d, d.replace("-", "_")).split()}
    for line, name in imports(path, tree):
        if not is_under(name, STANDARD | brought | {"funnel", "models", "themes", "tui"}):
            yield f"{line} imports {name}, which is not declared"


def brevity(path: Path, tree: ast.Module) -> Iterator[str]:
    """A file is one sitting, a function one thought; the heart is one text however long."""
    lines = max((node.end_lineno for node in tree.body if node.end_lineno), default=0)
    if lines > LINES_OF_A_FILE and path != Path("funnel.py"):
        yield f"1 has {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{node.lineno} {node.name} has {lines} lines"


@pytest.mark.parametrize(
    ("wall", "places"),
    [
        (layers, SHIPPED),
        (watching, ["tui"]),
        (purity, ["funnel.py"]),
        (through_the_store, ["tui"]),
        (declared, SHIPPED),
        (brevity, WRITTEN),
    ],
)
def test_nothing_reaches_through(wall: Wall, places: Iterable[str]) -> None:
    assert breaches(ROOT, wall, places) == []


VIOLATIONS: list[tuple[Wall, str, str, str]] = [
    (layers, "funnel.py", "import os.path", "imports os.path"),
    (layers, "funnel.py", "from time import monotonic", "imports time.monotonic"),
    (layers, "funnel.py", "import peewee", "imports peewee"),
    (layers, "funnel.py", "def f():\n    from models import lead", "imports models.lead"),
    (layers, "models/lead.py", "from textual.app import App", "imports textual.app.App"),
    (layers, "models/lead.py", "if TYPE_CHECKING:\n    import rich", "imports rich"),
    (layers, "models/exchange/sheet.py", "import tui.app", "imports tui.app"),
    (layers, "models/lead.py", "import themes", "imports themes"),
    (layers, "models/lead.py", "import click", "imports click"),
    (layers, "models/lead.py", "importlib.import_module('tui.words')", "imports tui.words"),
    (layers, "themes/__init__.py", "from textual import app", "imports textual.app"),
    (layers, "themes/__init__.py", "from textual.widgets import Input", "imports textual.widgets.Input"),
    (layers, "themes/__init__.py", "import models", "imports models"),
    (layers, "tui/widgets/card.py", "from models.views import Row", "imports models.views.Row"),
    (layers, "tui/widgets/deep/card.py", "from playhouse import shortcuts", "imports playhouse.shortcuts"),
    (layers, "tui/screens/desk.py", "import peewee as pw", "imports peewee"),
    (layers, "tui/dialogs/lost.py", "import apsw", "imports apsw"),
    (layers, "tui/app.py", "from tests import postgres", "imports tests.postgres"),
    (layers, "tui/monitor/around.py", "import apsw", "imports apsw"),
    (watching, "tui/monitor/errands.py", "from models import ledger", "imports models.ledger"),
    (
        watching,
        "tui/monitor/errands.py",
        "def f():\n    from models.queue import claim_next",
        "imports models.queue.claim_next",
    ),
    (watching, "tui/monitor/errands.py", "from models import desks", "imports models.desks"),
    (watching, "tui/monitor/errands.py", "from models.desks import enter", "imports models.desks.enter"),
    (watching, "tui/monitor/deeds.py", "from tui import errands", "imports tui.errands"),
    (watching, "tui/glass/places.py", "from models.connect import use", "imports models.connect.use"),
    (watching, "tui/glass/pictures.py", "from tui.screens import desk", "imports tui.screens.desk"),
    (watching, "tui/monitor/deeds.py", "from tui.screens.deeds import Deeds", "imports tui.screens.deeds.Deeds"),
    (purity, "funnel.py", "datetime.now(UTC)", "reads the clock: now"),
    (purity, "funnel.py", "x = date.today()", "reads the clock: today"),
    (purity, "funnel.py", "print('here')", "calls print"),
    (through_the_store, "tui/screens/desk.py", "from models.lead import Lead\nLead.select()", "queries: Lead.select"),
    (through_the_store, "tui/dialogs/a.py", "from models import Lead as L\nf(L.get_or_none)", "queries: L.get_or_none"),
    (
        through_the_store,
        "tui/screens/desk.py",
        "from models import ledger as book\nasync def f():\n    return await g(book.log())",
        "calls models.ledger.log past the store",
    ),
    (
        through_the_store,
        "tui/screens/desk.py",
        "from models.ledger import log\nlog()",
        "calls models.ledger.log past the store",
    ),
    (declared, "tui/app.py", "import numpy as np", "imports numpy, which is not declared"),
    (declared, "models/lead.py", "import openpyxl", "imports openpyxl, which is not declared"),
    (brevity, "models/lead.py", "x = 1\n" * 451, "has 451 lines"),
    (brevity, "funnel.py", "async def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
]


@pytest.mark.parametrize(("wall", "path", "source", "said"), VIOLATIONS)
def test_a_wall_holds_what_runs_against_it(tmp_path: Path, wall: Wall, path: str, source: str, said: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(source, "utf-8")
    (breach,) = breaches(tmp_path, wall, WRITTEN)
    assert breach.startswith(f"{path}:")
    assert breach.endswith(f" {said}")


INNOCENT: list[tuple[Wall, str, str]] = [
    (watching, "tui/monitor/errands.py", "from models import views\nfrom models.watching import eyes"),
    (watching, "tui/monitor/errands.py", "from models.desks import version\nfrom tui.monitor import errands"),
    (watching, "tui/screens/desk.py", "from tui import errands\nfrom models import ledger"),
    (layers, "funnel.py", "from datetime import UTC, datetime, time"),
    (layers, "models/lead.py", "import os, apsw, funnel\nfrom playhouse.migrate import migrate\nfrom . import base"),
    (layers, "themes/__init__.py", "from textual.theme import Theme\nfrom textual import color"),
    (layers, "tui/widgets/card.py", "import funnel, modelsque\nfrom rich.text import Text"),
    (layers, "tui/screens/desk.py", "from models import ledger, views"),
    (layers, "tui/store.py", "import peewee, models"),
    (purity, "funnel.py", "def due(now): return now.time(), time(9), history.time()"),
    (through_the_store, "tui/screens/desk.py", "from models import ledger\nstore.run(ledger.create, {}.get)"),
    (
        through_the_store,
        "tui/screens/desk.py",
        "from models import ledger, errors\nrun(lambda: ledger.log())\nerrors.f()",
    ),
    (through_the_store, "tui/screens/desk.py", "from models.ledger import Move\ndef f():\n    Move()"),
    (through_the_store, "tui/store.py", "from models.lead import Lead\nLead.select()"),
    (declared, "tui/app.py", "import tomllib, babel, dateutil.tz, playhouse, python_calamine, psycopg, models"),
    (brevity, "funnel.py", "x = 1\n" * 451),
    (brevity, "models/lead.py", "def f():\n" + "    x = 1\n" * 59),
]


@pytest.mark.parametrize(("wall", "path", "source"), INNOCENT)
def test_a_wall_has_its_doors(tmp_path: Path, wall: Wall, path: str, source: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(source, "utf-8")
    assert breaches(tmp_path, wall, WRITTEN) == []


# ── what is loaded when ───────────────────────────────────────────────────────────────────────────────────────────────


def loaded_by(*modules: str, root: Path = ROOT) -> set[str]:
    """The packages that importing these modules loads, in a new process."""
    code = "\n".join(
        [
            "import sys",
            f"sys.path.insert(0, {str(root)!r})",
            "before = set(sys.modules)",
            *(f"import {module}" for module in modules),
            "print(*{name.partition('.')[0] for name in set(sys.modules) - before})",
        ]
    )
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


def modules_of(*places: str) -> list[str]:
    names = [path.relative_to(ROOT).with_suffix("").parts for path in python_files(ROOT, places)]
    return [".".join(parts).removesuffix(".__init__") for parts in names if "migrations" not in parts]


def test_the_heart_loads_nothing_but_the_standard_library() -> None:
    assert loaded_by(*modules_of("funnel.py")) - STANDARD <= {"funnel"}


def test_the_memory_loads_no_screens() -> None:
    assert not loaded_by(*modules_of("models")) & {"textual", "rich", "themes", "tui"}


def test_the_command_loads_what_it_needs_when_it_needs_it() -> None:
    late = {"textual", "phonenumbers", "python_calamine", "holidays", "charset_normalizer", "psycopg", "xlsxwriter"}
    assert not loaded_by(*modules_of("tui/__main__.py")) & late


def test_the_monitor_loads_nothing_of_the_desk() -> None:
    modules = ", ".join(modules_of("tui/monitor"))
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {modules}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {name for name in run.stdout.split() if is_under(name, WATCHING - {"models"})}
    assert loaded <= {"tui.screens", *ASKING}


def test_a_loaded_module_is_seen(tmp_path: Path) -> None:
    (tmp_path / "sly.py").write_text("__import__('rich.text')")
    assert "rich" in loaded_by("sly", root=tmp_path)
