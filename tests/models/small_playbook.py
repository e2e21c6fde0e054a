"""A small playbook, and how to write one thing in it otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from models.playbook import PlaybookFault, read_playbook

SMALL = """\
code = "small"
name = { en = "Small", zh = "小" }
loss_reasons = [{ code = "price", name = { en = "Price", zh = "价格" } }]
invalid_reasons = [
    { code = "wrong_number", name = { en = "Wrong number", zh = "错号" } },
    { code = "unreachable", name = { en = "Unreachable", zh = "未接通" } },
]
fields = [{ code = "size", name = { en = "S", zh = "大" }, choices = [{ code = "x", name = { en = "L", zh = "大" } }] }]

[[sources]]
code = "web"
name = { en = "Web", zh = "官网" }
cost = 1.10

[[sources]]
code = "fair"
name = { en = "Fair", zh = "展会" }
cost = "35.00"

[[windows]]
days = ["mon", "tue"]
opens = 09:00:00
closes = 12:30:00

[[outcomes]]
code = "talked"
name = { en = "Talked", zh = "已沟通" }
key = "t"
flags = ["human", "contact"]
retry_minutes = [60]

[[outcomes]]
code = "wrong"
name = { en = "Wrong number", zh = "错号" }
key = "i"
flags = ["unworkable"]
reason = "wrong_number"

[[stages]]
code = "new"
name = { en = "New", zh = "新" }
probability = 20
promotion_rate = 20
required_fields = [
    "need",
    "size",
]
[stages.script]
en = "Hello {person}"
zh = "您好{person}"
[[stages.required_touches]]
count = 2
[[stages.required_touches]]
kind = "call"
outcomes = ["talked"]
[[stages.questions]]
text = { en = "How large?", zh = "多大" }
field = "size"

[[stages]]
code = "won"
name = { en = "Won", zh = "成交" }
probability = 100
promotion_rate = 0
is_won = true

[caps]
tries_a_day = 2
"""


@dataclass(frozen=True)
class Slip:
    """One thing in the small playbook written otherwise, and the fault that it is."""

    old: str
    new: str
    line: int
    path: tuple[str | int, ...]
    code: str
    found: str = ""
    allowed: tuple[str, ...] | None = ()
    """None: too long to repeat here."""

    @property
    def text(self) -> str:
        """The playbook with the slip in it."""
        before, mark, after = SMALL.partition(self.old)
        assert mark, self.old
        return before + self.new + after


def fault_of(text: str, *, reserved_keys: str = "") -> PlaybookFault:
    """What is wrong with a playbook."""
    with pytest.raises(PlaybookFault) as caught:
        read_playbook(text, file="small.toml", reserved_keys=reserved_keys)
    return caught.value


def check(slip: Slip) -> None:
    """The slip is the one fault of its text, and every field of it is as expected."""
    fault = fault_of(slip.text, reserved_keys="q")
    assert (fault.line, fault.path, fault.code, fault.found) == (slip.line, slip.path, slip.code, slip.found)
    if slip.allowed is not None:
        assert fault.allowed == slip.allowed
    assert len(fault.faults) == 1
