"""The handbook's example row of the tracking sheet, from records to the sheet, by hand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Floor

NOW = datetime(2024, 5, 20, 6, 0, tzinfo=UTC)
"""14:00 in Shanghai, on the day of the last follow-up."""
HEAD = (
    "线索编号,客户名称/联系人,线索来源,所属阶段,首次接触时间,最近跟进时间,跟进方式,跟进内容摘要,客户需求/痛点,"
    "预计成交日期,预计成交金额(万元),负责人,当前阶段停留时长(天),转化率/阶段通过率"
)
EXAMPLE = (
    'LF2024001,A公司/*经理,展会推广,商务谈判,2024-03-15,2024-05-20,面谈,"客户对价格有异议,要求增加3个月免费维护,'
    '已提交内部审批流程","需降低20%采购成本,要求6个月质保",2024-06-30,50,*销售代表,35,80%(方案提案→商务谈判)'
)
OTHERS = """\
name,phone,industry,need,proposal,negotiation,closed,stage
甲,13800138001,制造,无,2024-04-01,2024-04-20,,商务谈判
乙,13800138002,制造,无,2024-04-01,2024-04-21,,商务谈判
丙,13800138003,制造,无,2024-04-01,2024-04-22,,商务谈判
丁,13800138004,制造,无,2024-04-01,2024-04-23,2024-05-01,丢单
戊,13800138005,制造,无,2024-04-01,,2024-05-01,丢单
"""
MAP = """\
[fields]
company = "name"
number = "phone"
industry = "industry"
need = "need"
[history]
stage = "stage"
[history.entered]
proposal = "proposal"
negotiation = "negotiation"
closed = "closed"
"""


@pytest.fixture
def b2b(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A floor that works by the b2b playbook on that day."""
    for module in ("report", "lists", "floor", "people"):
        monkeypatch.setattr(f"tui.cli.{module}.now", lambda: NOW)
    made = Floor(database_url, monkeypatch)
    made("init", "--name", "Ours", "--zone", "Asia/Shanghai", "--region", "CN", "--playbook", "b2b")
    made("team", "add", "north")
    made("agent", "add", "rep", "--name", "*销售代表", "--team", "north")
    return made


def test_the_example_row(b2b: Floor, tmp_path: Path) -> None:
    sheet, others, how = tmp_path / "sheet.csv", tmp_path / "others.csv", tmp_path / "how.toml"
    sheet.write_text(f"{HEAD},联系电话,行业\n{EXAMPLE},13800138000,制造\n", "utf-8")
    others.write_text(OTHERS, "utf-8")
    how.write_text(MAP, "utf-8")
    b2b("import", str(sheet), "--yes")
    b2b("import", str(others), "--map", str(how), "--yes")
    words = ("report", "tracking", "--language", "zh_CN", "--format", "csv", "--agent", "rep", "--from", "2024-04-01")
    said = b2b(*words, "--to", "2024-07-01").stdout_bytes.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(said))
    assert head == next(csv.reader([HEAD]))
    # The source by its own name: 展会推广 is another one for it.
    assert rows == [next(csv.reader([EXAMPLE.replace("展会推广", "展会及研讨会")]))]
