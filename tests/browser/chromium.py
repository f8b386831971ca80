"""Debian's Chromium, driven by playwright: fixtures for this folder and for tests/e2e."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run"]  # fmt: skip
MISSING = (
    "no Chromium found: the browser tests were NOT run. Get it with `bin/install-browser` (Debian, as root) "
    "or name the program in FAQBOT_CHROMIUM"
)


def chromium() -> str | None:
    """Path of the browser's program, or None."""
    named = os.environ.get("FAQBOT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return named if named and Path(named).exists() else None


@pytest.fixture(scope="module")  # while it lives, playwright's event loop runs: no asynchronous test could
def browser() -> Iterator[Browser]:
    """The browser, started once a module."""
    program = chromium()
    if program is None:
        if os.environ.get("FAQBOT_REQUIRE_BROWSER"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of the test's own, in English."""
    made = browser.new_context(locale="en-US", viewport={"width": 1024, "height": 768})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()
