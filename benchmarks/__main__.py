"""`make bench`: every benchmark after the other, each in a process of its own so that none warms another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Runs each `bench_*.py`; the exit code is the worst of theirs."""
    worst = 0
    for path in sorted(HERE.glob("bench_*.py")):
        print(f"── {path.stem.removeprefix('bench_')} ──", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}"], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
