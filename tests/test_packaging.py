"""What is shipped: all of the program, nothing beside it, and a command that answers at once."""

from __future__ import annotations

import gettext
import io
import os
import re
import resource
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
SHIPPED = ("funnel.py", "models", "themes", "tui")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
REQUIREMENTS = [
    *PROJECT["dependencies"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]
CATALOGUES = sorted(path for place in SHIPPED for path in (ROOT / place).rglob("*.po"))

pytestmark = pytest.mark.xdist_group("packaging")  # one worker builds the wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked by pip; what it depends on comes from the environment of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
    subprocess.run([*pip, "--target", folder, wheel], check=True)
    return folder


def answer(*command: str | Path, cwd: Path, **environment: str) -> str:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    here = [path for place in SHIPPED for path in [ROOT / place, *(ROOT / place).rglob("*")]]
    written = {path.relative_to(ROOT).as_posix() for path in here if path.is_file() and "__pycache__" not in path.parts}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == written


@pytest.mark.parametrize("package", [place for place in SHIPPED if not place.endswith(".py")])
def test_a_package_is_not_a_namespace(package: str) -> None:
    """The names are plain words: without `__init__.py`, any folder of that name on the path would be mixed in."""
    assert (ROOT / package / "__init__.py").is_file()


def test_the_wheel_names_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        notes = f"callfloor-{PROJECT['version']}.dist-info"
        assert archive.read(f"{notes}/entry_points.txt").decode().split("\n")[:2] == [
            "[console_scripts]",
            "callfloor = tui.__main__:main",
        ]
        assert archive.read(f"{notes}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_dependency_says_why_it_is_there(requirement: str) -> None:
    assert re.search(rf'^    "{re.escape(requirement)}",  # \w.+$', PYPROJECT, re.MULTILINE)


def test_the_command_answers_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    version = answer(installed / "bin" / "callfloor", "--version", cwd=tmp_path, PYTHONPATH=str(installed))
    assert PROJECT["version"] in version
    where = answer(sys.executable, "-c", "import tui; print(*tui.__path__)", cwd=tmp_path, PYTHONPATH=str(installed))
    assert where.strip() == str(installed / "tui")


def test_the_command_answers_from_the_working_tree_and_quickly() -> None:
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert PROJECT["version"] in answer(sys.executable, "-m", "tui", "--version", cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.5  # seconds of processor: what else the machine does plays no part


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_compiled_catalogue_says_what_its_source_says(catalogue: Path) -> None:
    with catalogue.open("rb") as source:
        messages = read_po(source)
    assert [(message.id, errors) for message, errors in messages.check()] == []
    fresh = io.BytesIO()
    write_mo(fresh, messages)
    fresh.seek(0)
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert texts(gettext.GNUTranslations(compiled)) == texts(gettext.GNUTranslations(fresh)), "make messages"


def texts(translations: gettext.GNUTranslations) -> dict[object, str]:
    catalogue: dict[object, str] = vars(translations)["_catalog"]
    return {key: text for key, text in catalogue.items() if key != ""}  # "" is the header, with dates and versions
