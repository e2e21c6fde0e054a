"""What finding costs at a million leads: as one types, and what it adds to a log and to an import.

`python -m benchmarks.bench_find [--leads N] [--rows N]`. The leads get names, e-mails and notes that
differ, three in five of them Chinese. Each search is asked as a desk asks it: on a connection with a small cache that
cannot write. Agents see a tenth of the floor, the manager all of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks import bench_import, bench_store, made_floor
from benchmarks.bench_store import ROUNDS, Clock, Series, machine, timed
from benchmarks.made_floor import NOW, Floor
from models import check, connect, crew, floor, queue
from models.base import new_token, proxy, rows_of
from models.connect import transact
from models.demo.names import BRANDS_EN, BRANDS_ZH, FIRST, GIVEN, LAST, SURNAMES
from models.people import Role
from models.playbook import shipped_text
from models.search import catalogue, finding

REACH_MS = 15
"""Of a search, so that the list is painted within 50."""
EACH = 40
"""Searches of a sort in each round."""
DESKS = 5
"""Agents who search: each desk keeps the statement of what its own may see."""
CITIES = "上海 北京 深圳 广州 杭州 苏州 成都 武汉 南京 天津 重庆 西安 青岛 宁波 无锡 佛山 东莞 长沙".split()
TRADES_ZH = "机械 电器 贸易 物流 科技 纸业 食品 服装 建材 化工 电子 软件 家具 汽车 医疗 教育 广告 印刷".split()
TRADES = "Tools Logistics Bearings Paper Foods Textiles Systems Software Motors Medical Trading Steel Glass".split()
FORMS = "Ltd Inc. GmbH LLC AG plc".split()
SAID_ZH = (
    "下周再联系 对价格有异议 想要样品和报价单 已经有供应商 负责人出差 周五下午回电话 需要老板批准 预算明年才有".split()
)
SAID = (
    "wants a quote for next week|price too high|has a supplier until June|boss decides on Friday|sent the brochure"
    "|ask again in spring|likes the blue model|no budget this year|call the assistant first"
).split("|")


@dataclass(frozen=True, slots=True)
class Texts:
    """What a lead says of itself."""

    company: str
    person: str
    email: str
    note: str


def texts(random: Random) -> Texts:
    """Made up; letters that nobody has in the same order keep the names apart."""

    def letters(least: int, most: int) -> str:
        return "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(least, most)))

    pick = random.choice
    email = f"{letters(3, 8)}@{letters(4, 8)}.com" if random.random() < 0.5 else ""
    if random.random() < 0.6:
        middle = "".join(pick(SURNAMES) for _ in range(random.randint(0, 2)))
        company = (pick(CITIES) if random.random() < 0.6 else "") + pick(BRANDS_ZH) + middle + pick(TRADES_ZH)
        note = f"{pick(SAID_ZH)}，{pick(SAID_ZH)}{pick(SURNAMES)}"
        return Texts(company + "有限公司", pick(SURNAMES) + pick(GIVEN), email, note)
    company = f"{pick(BRANDS_EN)} {letters(3, 7).title()} {pick(TRADES)} {pick(FORMS)}"
    tongue = pick(("en", "de"))
    person = f"{pick(FIRST[tongue])} {pick(LAST[tongue])}"
    return Texts(company, person, email, f"{pick(SAID)}, {pick(SAID)} {letters(4, 6)}")


def rewrite(leads: int) -> None:
    """Gives every lead texts of its own, past the guard of the history, and leaves the catalogue empty."""
    random, cursor = Random(5), proxy.connection().cursor()
    proxy.execute_sql("DROP TRIGGER touch_kept")
    for first in range(1, leads + 1, 50_000):
        made = [(number, texts(random)) for number in range(first, min(first + 50_000, leads + 1))]

        def write(made: list[tuple[int, Texts]] = made) -> None:
            cursor.executemany("UPDATE lead SET company = ? WHERE id = ?", [(one.company, n) for n, one in made])
            people = [(one.person, one.email, n) for n, one in made]
            cursor.executemany("UPDATE contact SET name = ?, email = ? WHERE lead_id = ?", people)
            cursor.executemany("UPDATE touch SET note = ? WHERE lead_id = ?", [(one.note, n) for n, one in made])

        transact(write, is_news=False)
    proxy.execute_sql("INSERT INTO catalogue (catalogue) VALUES ('delete-all')")
    proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def catalogued() -> str:
    """Brings all of them into the catalogue; how long that takes and how large it is."""
    held: list[float] = []
    begun = last = time.perf_counter()

    def progress(_phase: str, _done: int, _total: int) -> None:
        nonlocal last
        now = time.perf_counter()
        held.append((now - last) * 1000)
        last = now

    catalogue.catch_up(progress)
    spent = time.perf_counter() - begun
    leads = rows_of("SELECT COUNT(*) FROM lead")[0][0]
    pages = "SELECT SUM(pgsize) / 1e6 FROM dbstat WHERE name LIKE 'catalogue%'"
    size = rows_of(pages)[0][0]
    return (
        f"catalogued {leads:,} leads in {spent:.0f} s ({leads / spent:,.0f}/s), {size:.0f} MB; "
        f"its transactions p50 {share(held, 50):.0f}, p99 {share(held, 99):.0f} ms, with their rests"
    )


# ── searches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def part(text: str, length: int, random: Random) -> str:
    """Some of a text, anywhere in it."""
    start = random.randrange(max(1, len(text) - length + 1))
    return text[start : start + length]


def searches(random: Random) -> dict[str, Callable[[Texts], str]]:
    """Sorts of search, each made from a lead's texts."""

    def number() -> str:
        return f"13{random.randrange(10**9):09}"

    def latin(length: int) -> Callable[[Texts], str]:
        return lambda one: part(one.company.split()[1] if " " in one.company else one.email or "nord", length, random)

    def chinese(length: int) -> Callable[[Texts], str]:
        return lambda one: part(one.company if " " not in one.company else "上海华星机械有限公司", length, random)

    return {
        "1 letter": lambda _one: random.choice("abcdefghijklmnopqrstuvwxyz"),
        "2 letters": lambda one: random.choice([word for word in one.company.split() if word.isascii()] or ["to"])[:2],
        "3 letters": latin(3),
        "5 letters and more": latin(6),
        "1 Chinese sign": chinese(1),
        "2 Chinese signs": chinese(2),
        "a Chinese name": lambda one: one.person if not one.person.isascii() else "张伟",
        "3 Chinese signs and more": chinese(5),
        "the beginning of a number": lambda _one: number()[: random.randint(1, 6)],
        "the end of a number": lambda _one: number()[-random.randint(4, 8) :],
        "a number in groups": lambda _one: f"+86 {number()[:3]} {number()[3:7]}",
        "a word of a note": lambda one: random.choice(one.note.replace("，", " ").split()),
        "two words": lambda one: f"{one.company.split()[0][:4]} {one.person.split()[-1]}",
        "three words": lambda one: f"{one.company[:3]} {one.person[:2]} {part(one.note, 3, random).strip() or 'a'}",
        "nobody": lambda _one: "".join(random.choice("qxzjvk") for _ in range(random.randint(3, 7))),
    }


class Searches(Series):
    """Searches of one sort, with the processor's own time for each: what they take where nobody else is."""

    def __init__(self, name: str) -> None:
        super().__init__(name, REACH_MS)
        self.processor: list[float] = []

    def line(self) -> str:
        """Its row of the table."""
        return f"{super().line()}  processor p95 {share(self.processor, 95):.1f}"


def share(spans: list[float], percent: int) -> float:
    """So many of the spans are not longer."""
    return sorted(spans)[min(len(spans) - 1, len(spans) * percent // 100)]


def found(series: Searches, turn: int, viewer: int, text: str) -> None:
    """Searches once, on both clocks."""
    begun = time.thread_time()
    timed(series, turn, finding.find, viewer, text, NOW)
    series.processor.append((time.thread_time() - begun) * 1000)


def finds(made: Floor) -> Iterator[Searches]:
    """Each sort for the manager and for agents; and names typed letter by letter, every key a search."""
    random = Random(7)
    asked = [texts(random) for _ in range(ROUNDS * EACH)]
    for who, viewers in (("manager", (made.managers,)), ("agents", made.agents[:DESKS])):
        for name, search in searches(random).items():
            series = Searches(f"{who}: {name}")
            for turn in range(ROUNDS):
                for one in asked[turn * EACH : (turn + 1) * EACH]:
                    found(series, turn, random.choice(viewers), search(one))
            yield series
        series = Searches(f"{who}: typing, each key")
        for turn in range(ROUNDS):
            for one in asked[turn : turn + 8]:
                for end in range(1, min(14, len(one.company)) + 1):
                    found(series, turn, random.choice(viewers), one.company[:end])
        yield series


def logs(made: Floor) -> list[Series]:
    """The commonest commands, their notes waiting for the catalogue and being worked off."""
    writes, claims = Series("log with a note, with commit", 15), Series("claim_next, with its sweep")
    clock, random = Clock(), Random(2)
    for turn in range(ROUNDS):
        for _ in range(200):
            now = clock.tick()
            claim = timed(claims, turn, queue.claim_next, random.choice(made.agents), now)
            assert claim is not None
            timed(writes, turn, bench_store.log, claim, now)
    return [claims, writes]


# ── a list ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def imported(folder: Path, rows: int) -> None:
    """A list comes in while a desk works: with the triggers of the catalogue, and then into it."""
    url = str(folder / "floor.db")
    bench_import.write_list(folder / "list.csv", rows, 7)
    bench_import.write_list(folder / "before.csv", bench_import.BEFORE, 8, fresh="188")
    database = connect.use(url)
    boss = floor.init(
        name="Bench", zone="Asia/Shanghai", region="CN", currency="CNY", playbook=shipped_text("telesales"),
        login="boss", agent="Boss", token=new_token(), now=bench_import.NOW,
    )  # fmt: skip
    crew.add_team("north", by=boss, token=new_token(), now=bench_import.NOW)
    agent = crew.add_agent(
        "li", name="Li", role=Role.AGENT, team="north", by=boss, token=new_token(), now=bench_import.NOW
    )
    bench_import.take(url, folder / "before.csv", boss)
    catalogue.catch_up()
    for phase in ("import", "catalogue"):
        colleague = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bench_import", "--desk", url, str(agent)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert colleague.stdout is not None
        colleague.stdout.readline()
        if phase == "import":
            figures = bench_import.take(url, folder / "list.csv", boss)
            print(f"import of {rows:,} rows: {figures['rows a second']:,} rows/s, {figures['memory MB']:.0f} MB")
        else:
            print(catalogued())
        took = bench_import.told(json.loads(colleague.communicate("x")[0]))
        print("   meanwhile", ", ".join(f"{name} {value}" for name, value in took.items()))
    begun = time.perf_counter()
    print("check:", check.check(bench_import.NOW) or "all agrees", f"({time.perf_counter() - begun:.0f} s)")
    database.close()


def main() -> int:
    """Prints the tables; 1 where a search takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=bench_store.LARGE)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the list; 0 for none")
    said = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = machine(folder)
        with made_floor.opened(said.leads, folder) as made:
            rewrite(said.leads)
            print(catalogued(), flush=True)
            rows = logs(made)
            for pragma in ("query_only = 1", f"cache_size = -{connect.READER_ROOM}"):
                proxy.execute_sql(f"PRAGMA {pragma}")
            searched = list(finds(made))
        table += [*rows, *searched, *machine(folder)]
        print(f"\n{said.leads:,} leads, ms{'':<17} {'min':>8} {'median':>8} {'p95':>8} {'max':>8} {'noise':>7}")
        print("\n".join(series.line() for series in table), flush=True)
        if said.rows:
            imported(folder, said.rows)
    print(f"load after: {os.getloadavg()[0]:.2f}")
    spans = [span for series in searched for one in series.rounds for span in one]
    processor = [span for series in searched for span in series.processor]
    print(f"all searches: p50 {share(spans, 50):.1f}, p95 {share(spans, 95):.1f} ms", end="; ")
    print(f"the processor alone: p50 {share(processor, 50):.1f}, p95 {share(processor, 95):.1f} ms")
    return int(share(spans, 95) > REACH_MS)


if __name__ == "__main__":
    sys.exit(main())
