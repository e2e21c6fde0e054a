"""`callfloor counts`: in from a file, out as the head of the funnel with what a low layer points to."""

from __future__ import annotations

from pathlib import Path

from tests.tui.cli.conftest import Floor

FILE = "日期,渠道,展现,点击,访问,咨询,订单\n2026-03-01,线上广告,400,20,18,1,0\n2026-03-02,线上广告,500,30,28,2,1\n"


def test_counts_come_in_once_and_a_low_layer_says_where_to_look(floor: Floor, tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(FILE, encoding="utf-8")
    assert "callfloor campaign add" in floor("counts", "import", str(path), code=2).output
    floor("campaign", "add", "online", "--playbook", "search-marketing")
    assert "dry run" in floor("counts", "import", str(path), "--dry-run").output
    assert "Nothing was counted" in floor("counts", "show", "--all").output
    assert "2 days of a channel are new" in floor("counts", "import", str(path)).output
    assert "2 as before" in floor("counts", "import", str(path)).output
    said = floor("counts", "show", "--all").output
    assert "450 a day" in said
    assert "5.6%" in said
    for hint in ("Keywords", "Match type", "Rank", "Region", "Hours"):
        assert f"· {hint}: " in said
    assert "Title and text" not in said, "clicks are as they should be"
    assert "Nothing was counted" in floor("counts", "show", "--from", "2026-04-01", "--to", "2026-05-01").output


def test_what_is_wrong_is_said_with_its_row(floor: Floor, tmp_path: Path) -> None:
    floor("campaign", "add", "online", "--playbook", "search-marketing")
    path = tmp_path / "counts.csv"
    path.write_text(FILE.replace("500", "viele"), encoding="utf-8")
    assert "Row 3: 展现 cannot be read: viele" in floor("counts", "import", str(path), code=2).output
    assert "cannot be opened" in floor("counts", "import", str(tmp_path / "none.csv"), code=2).output
    assert "only counts" in floor("import", str(path), "--campaign", "online", code=2).output
