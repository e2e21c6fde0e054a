"""Every test of the screens begins in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui import i18n


@pytest.fixture(autouse=True)
def spoken_english() -> Iterator[None]:
    """Whatever language a test speaks, the next one hears English."""
    i18n.use(i18n.ENGLISH)
    yield
    i18n.use(i18n.ENGLISH)


@pytest.fixture(params=i18n.LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    i18n.use(request.param)
    return str(request.param)
