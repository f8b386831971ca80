"""The widget in Chromium against a stand-in of the channel. Without Chromium: skipped, with how to get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import browser, context, page
from tests.browser.fake_api import Fake, serving
from tests.browser.widget import Widget

__all__ = ["browser", "context", "page"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def fake() -> Iterator[Fake]:
    """The stand-in for the channel."""
    with serving() as running:
        yield running


@pytest.fixture
def visit(page: Page, fake: Fake) -> Callable[..., Widget]:
    """Go to the clinic's page of the stand-in, and open the chat unless told otherwise."""

    def go(*, opened: bool = True) -> Widget:
        page.goto(f"{fake.pages}/site")
        widget = Widget(page)
        if opened:
            widget.open()
        return widget

    return go
