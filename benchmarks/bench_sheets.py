"""What a tracking sheet costs as a file: time, memory and size for as many open leads as a floor has.

`python -m benchmarks.bench_sheets [LEADS] [postgres]`: a floor of so many leads, 120,000 where nothing is said, of
which nine of ten are open; with `postgres`, the same floor once more on a server of its own.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import made_floor
from benchmarks.made_floor import NOW, Floor
from models import connect
from models.base import rows_of
from models.campaigns import book
from models.cards import Person
from models.connect import snapshot
from models.copies import copying
from models.people import Role
from models.reports.periods import PeriodKind, period
from models.reports.slices import Slice
from models.zones import floor_zone
from tests import postgres
from tui.lines.frame import Frame
from tui.reports import files
from tui.reports.asking import Asked
from tui.reports.catalogue import entry

LEADS = 120_000


def main() -> int:
    """Prints a line for each form; nothing here is refused."""
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    with tempfile.TemporaryDirectory() as folder, made_floor.opened(leads, Path(folder)) as floor:
        is_open = "JOIN stage s ON s.id = l.stage_id WHERE s.kind = 'open'"
        print(f"{rows_of(f'SELECT COUNT(*) FROM lead l {is_open}')[0][0]:,} open leads")
        told(floor, Path(folder))
        if "postgres" in sys.argv[2:]:
            with postgres.server() as server, postgres.database(server) as url:
                copying.copy(str(floor.path), url, NOW, anyway=True)
                database = connect.use(url)
                print("PostgreSQL")
                told(floor, Path(folder))
                database.close()
    return 0


def told(floor: Floor, folder: Path) -> None:
    """Both forms."""
    for form in ("csv", "xlsx"):
        written(floor, form, folder / f"sheet.{form}")


def written(floor: Floor, form: str, path: Path) -> None:
    """Writes the sheet, and says what it took."""
    boss = Person(floor.managers, "boss", "Boss", Role.MANAGER, None, "")
    frame = Frame(NOW, floor_zone(), "CNY")
    month = period(PeriodKind.MONTH, NOW)
    asked = Asked(
        "tracking", "Tracking sheet", boss, book(floor.campaign), month, Slice(floor.campaign), {}, NOW, frame
    )
    before, spent = time.perf_counter(), time.process_time()
    with snapshot():
        files.put(entry("tracking").make(asked), form, frame, path)
    wall, processor = time.perf_counter() - before, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1024**2
    print(f"{form:<5} {wall:6.1f} s, {processor:6.1f} s of processor, {peak:5.0f} MB at most, {size:5.1f} MB written")


if __name__ == "__main__":
    sys.exit(main())
