"""A million rows come in while a desk works: rows a second, memory, and how long the desk's commands take meanwhile.

`python -m benchmarks.bench_import --rows 1000000`. The list is made up from a seed: Chinese headings, numbers written
in several ways, one row in ten with a number that an earlier one has, some that cannot exist. A second process claims
and logs all the while, on leads that were there before; it measures each command from outside, commit included.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from models import check, connect, crew, floor, ledger, queue
from models.base import new_token, rows_of
from models.exchange.planning import Order, plan
from models.exchange.revealing import apply
from models.people import Role
from models.playbook import shipped_text

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEAD = ("客户名称", "联系人", "电话", "邮箱", "行业", "线索来源", "需求", "预计成交金额(万元)")
BEGIN = ("138", "139", "150", "186", "177", "135", "159")
BEFORE = 20_000
"""Leads that the desk works meanwhile."""
PAUSE = 0.02
"""Seconds between a desk's commands: far busier than a person."""
REACH = {"rows a second": 20_000, "memory MB": 500, "desk p99 ms": 100}


def write_list(path: Path, rows: int, seed: int, *, fresh: str = "") -> None:
    """Makes the list up."""
    draw = random.Random(seed)
    kept: list[str] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for row in range(rows):
            if kept and draw.random() < 0.1:
                number = draw.choice(kept)
            else:
                number = _number(draw, fresh)
                if len(kept) < 100_000:
                    kept.append(number)
            source = draw.choice(("互联网", "展会推广", "广告", "陌拜", ""))
            need, amount = "降低成本" if row % 3 else "", draw.choice(("", "5", "12.5", "100"))
            writer.writerow(
                (
                    f"华星机械{row}有限公司",
                    f"王{row % 1000}",
                    number,
                    f"u{row}@example.com",
                    "制造",
                    source,
                    need,
                    amount,
                )
            )


def _number(draw: random.Random, fresh: str) -> str:
    number = (fresh or draw.choice(BEGIN)) + f"{draw.randrange(10**8):08d}"
    kind = draw.random()
    if kind < 0.3:
        return f"+86 {number[:3]} {number[3:7]} {number[7:]}"
    if kind < 0.35:
        return f"010-{draw.randrange(10**8):08d}"
    return number[:2] if kind < 0.37 else number


def take(url: str, path: Path, boss: int) -> dict[str, float]:
    """Imports and measures."""
    began, cpu = time.perf_counter(), time.process_time()
    planned = plan(Order(path, boss), NOW, lambda *_: None)
    middle = time.perf_counter()
    result = apply(planned, NOW, lambda *_: None)
    ended = time.perf_counter()
    planned.close()
    return {
        "rows": planned.rows,
        "taken": result.taken,
        "twice in the list": planned.twins,
        "rejected": sum(planned.rejected.values()),
        "plan s": round(middle - began, 1),
        "reveal s": round(ended - middle, 1),
        "cpu s": round(time.process_time() - cpu, 1),
        "rows a second": round(planned.rows / (ended - began)),
        "memory MB": round(
            sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        ),
    }


def desk(url: str, agent: int) -> None:
    """Claims and logs until its input ends; prints how long each command took."""
    connect.use(url)
    os.set_blocking(sys.stdin.fileno(), False)
    took: list[float] = []
    print("ready", flush=True)
    while sys.stdin.read(1) != "x":
        began = time.perf_counter()
        claim = queue.claim_next(agent, NOW)
        took.append(time.perf_counter() - began)
        assert claim is not None
        began = time.perf_counter()
        ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
        took.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    print(json.dumps(took))


def told(took: list[float]) -> dict[str, float]:
    """The desk's commands in figures."""
    ordered = sorted(took)
    return {
        "desk commands": len(ordered),
        **{
            f"desk p{share} ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
            for share in (50, 95, 99)
        },
        "desk worst ms": round(ordered[-1] * 1000, 1),
    }


def main() -> int:
    """Prints the figures and the machine's noise; 1 where the reach is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="leave the floor where it is")
    parser.add_argument("--desk", nargs=2, metavar=("URL", "AGENT"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.desk:
        desk(said.desk[0], int(said.desk[1]))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="callfloor-bench-"))
    try:
        return _measure(folder, said.rows)
    finally:
        if not said.keep:
            subprocess.run(["rm", "-r", str(folder)], check=False)


def _measure(folder: Path, rows: int) -> int:
    url = str(folder / "floor.db")
    write_list(folder / "list.csv", rows, 7)
    write_list(folder / "before.csv", BEFORE, 8, fresh="188")
    connect.use(url)
    boss = floor.init(
        name="Bench", zone="Asia/Shanghai", region="CN", currency="CNY", playbook=shipped_text("telesales"),
        login="boss", agent="Boss", token=new_token(), now=NOW,
    )  # fmt: skip
    crew.add_team("north", by=boss, token=new_token(), now=NOW)
    agent = crew.add_agent("li", name="Li", role=Role.AGENT, team="north", by=boss, token=new_token(), now=NOW)
    take(url, folder / "before.csv", boss)
    noise = os.getloadavg()[0]
    colleague = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bench_import", "--desk", url, str(agent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert colleague.stdout is not None
    colleague.stdout.readline()
    figures = take(url, folder / "list.csv", boss)
    took, _ = colleague.communicate("x")
    figures |= told(json.loads(took))
    figures |= {"load before": round(noise, 2), "load after": round(os.getloadavg()[0], 2)}
    for name, figure in figures.items():
        reach = f"   (reach {REACH[name]:,})" if name in REACH else ""
        print(f"{name:>20} {figure:>12,}{reach}")
    print("counters:", "all agree" if not check.check(NOW) else "DISAGREE", rows_of("SELECT COUNT(*) FROM lead")[0][0])
    is_quick = figures["rows a second"] >= REACH["rows a second"]
    is_small, is_smooth = figures["memory MB"] <= REACH["memory MB"], figures["desk p99 ms"] <= REACH["desk p99 ms"]
    return int(rows >= 1_000_000 and not (is_quick and is_small and is_smooth))


if __name__ == "__main__":
    sys.exit(main())
