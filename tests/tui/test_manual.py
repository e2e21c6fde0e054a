"""The stage manual: complete, in both languages, and sound as Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.markdown import Markdown

import funnel
from models.playbook import read_playbook, shipped, shipped_text
from tui import i18n
from tui.manual import manual
from tui.plain import plain

BOOKS = [read_playbook(shipped_text(name)) for name in shipped()]


def shown(text: str) -> str:
    """What a reader sees of Markdown, without line breaks."""
    tokens = Markdown(text).parsed
    inner = [child for token in tokens for child in (token.children or [token])]
    return " ".join(" ".join(token.content for token in inner if token.content).split())


def squeezed(words: funnel.Words) -> str:
    return " ".join(plain(i18n.said(words)).split())


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_all_that_a_playbook_says_of_its_stages_is_in_it(book: funnel.Playbook) -> None:
    seen = shown(manual(book))
    for stage in book.stages:
        told = [stage.purpose, stage.whom, stage.actions, stage.strategy, stage.entry, stage.exit, stage.sign]
        told += [*stage.tasks, *(question.text for question in stage.questions), stage.script]
        for text in told:
            assert squeezed(text) in seen
        assert f"{stage.probability} %" in seen
    for layer in book.layers:
        assert all(squeezed(hint.look) in seen for hint in layer.low)
    for choice in (*book.loss_reasons, *book.invalid_reasons):
        assert squeezed(choice.name) in seen


def test_a_chinese_manual_has_the_trades_title_and_labels() -> None:
    i18n.use(i18n.CHINESE)
    text = manual(BOOKS[0])
    i18n.use(i18n.ENGLISH)
    assert text.startswith("# 《销售阶段定义手册》：")
    labels = (
        "推进目标 主要销售对象 推进行动 致胜策略 话术 进入标准 退出标准 阶段升迁标志 阶段任务 平均阶段耗时 升迁率 赢率"
    )
    assert [label for label in labels.split() if label not in text] == []


def test_what_a_manager_wrote_is_no_markdown_and_no_terminal_code() -> None:
    nasty = funnel.Words("a | *b* <b> [x](y) `c` \x1b[31m", "甲 | *乙*")
    book = BOOKS[0]
    stage = replace(book.stages[0], purpose=nasty, name=nasty, tasks=(nasty,))
    text = manual(replace(book, stages=(stage, *book.stages[1:])))
    assert "\x1b" not in text
    assert "a | *b* <b> [x](y) `c`" in shown(text)
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in table} == {6}
