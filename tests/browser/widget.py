"""The widget as a test sees it: what a patient can do and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Locator, Page, expect

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


class Widget:
    """Reads and acts through roles and names, as a screen reader does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("infusion-faq .launcher")
        self.dialog = page.get_by_role("dialog")
        self.field = self.dialog.get_by_role("textbox")
        self.log = page.get_by_role("log")
        self.lines = page.locator("infusion-faq .line:not(.note)")
        self.replies = page.locator("infusion-faq .line:not(.patient):not(.note) > .bubble")
        self.own = page.locator("infusion-faq .patient .bubble")
        self.error = page.locator("infusion-faq .error")

    def open(self) -> None:
        """Press the launcher and wait for the greeting."""
        self.launcher.click()
        expect(self.replies.first).to_be_visible()

    def say(self, text: str) -> None:
        """Type and send."""
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str) -> Locator:
        """Type, send, and wait for the next reply; returns it."""
        before = self.replies.count()
        self.say(text)
        expect(self.replies).not_to_have_count(before)
        return self.replies.last

    def button(self, name: str) -> Locator:
        """A button of the panel by its name."""
        return self.dialog.get_by_role("button", name=name, exact=True)

    def spoken(self) -> list[str]:
        """What the live region holds."""
        return self.page.locator("infusion-faq [aria-live=polite] p").all_inner_texts()

    def stored(self) -> int:
        """How many things the page keeps in its storage."""
        return int(self.page.evaluate("sessionStorage.length + localStorage.length"))

    def violations(self) -> list[str]:
        """What axe-core finds on the page, as it is now."""
        self.page.wait_for_timeout(250)  # a panel that is still fading in has other contrasts
        self.page.evaluate(AXE.read_text(encoding="utf-8") + os.linesep + "0")
        found: dict[str, Any] = self.page.evaluate(f"axe.run(document, {{runOnly: {TAGS!r}}})")
        return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]
