"""The demo page with the widget and the whole assistant behind it, in Chromium."""

from __future__ import annotations

import os
import sqlite3
import statistics

import pytest
from playwright.sync_api import Page, expect

from bot.servers import Assistant
from bot.settings import Settings
from tests.browser.chromium import browser, context, page
from tests.browser.widget import Widget

__all__ = ["browser", "context", "page"]
pytestmark = [pytest.mark.e2e, pytest.mark.browser]

USABLE = 300  # milliseconds from the start of loading until the launcher can be pressed
ANSWERED = 150  # milliseconds from pressing Enter until the answer is on the screen, median
SLACK = 3 if os.environ.get("CI") else 1  # shared runners
QUESTIONS = [
    "how long before my infusion do I stop eating?",
    "can I drive home afterwards?",
    "how long does one infusion take?",
    "what should I wear?",
    "does insurance pay for it?",
    "how many infusions do I need?",
    "who should not get ketamine?",
]
# from the key to the paint of the reply, measured inside the page, so that the test's own way counts for nothing
TIMER = """(text) => new Promise((done) => {
  const root = document.querySelector("infusion-faq").shadowRoot, field = root.querySelector("textarea");
  const replies = () => root.querySelectorAll(".line:not(.patient):not(.note) > .bubble").length;
  const before = replies(); field.value = text; const start = performance.now();
  new MutationObserver((_, watch) => { if (replies() > before) { watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); } })
    .observe(root.querySelector("ol"), { childList: true });
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
})"""


def visit(page: Page, assistant: Assistant, clinic: str = "pain-team") -> Widget:
    """The demo page of a clinic with the chat open."""
    page.goto(f"{assistant.address.url}/?clinic={clinic}")
    widget = Widget(page)
    widget.open()
    return widget


def test_demo_page_switches_between_the_clinics(page: Page, assistant: Assistant) -> None:
    trouble: list[str] = []
    page.on("console", lambda line: trouble.append(line.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    widget = visit(page, assistant)
    expect(widget.ask(QUESTIONS[0])).to_contain_text("6 hours")
    assert page.get_by_role("navigation").get_by_role("link").count() == 5
    page.get_by_role("link", name="Virginia Infusion Therapies").click()
    widget.open()
    expect(widget.ask(QUESTIONS[0])).to_contain_text("4 hours")
    assert trouble == []


def test_a_whole_conversation_with_a_consult_request(page: Page, assistant: Assistant, run_settings: Settings) -> None:
    widget = visit(page, assistant)
    widget.ask(QUESTIONS[0])
    expect(widget.dialog.get_by_role("list", name="Source:").last).to_contain_text("reviewed")
    before = widget.replies.count()
    widget.button("Talk to a person").click()
    expect(widget.replies).not_to_have_count(before)
    for text in ("Jane Example", "jane@example.org", "tomorrow after 3"):
        widget.ask(text)
    summary = widget.ask("the price of a series")
    expect(summary).to_contain_text("jane@example.org")
    before = widget.replies.count()
    widget.dialog.get_by_role("group").get_by_role("button").first.click()
    expect(widget.replies).not_to_have_count(before)
    last = widget.replies.last.inner_text()
    with sqlite3.connect(run_settings.run_dir / "consult.sqlite3") as database:
        (public_id,) = database.execute("select public_id from consult_requests order by rowid desc").fetchone()
    assert public_id in last
    page.reload()
    expect(widget.own.first).to_have_text(QUESTIONS[0])
    expect(widget.replies.last).to_contain_text(public_id)


def test_crisis_words_get_help_with_numbers_to_press(page: Page, assistant: Assistant) -> None:
    reply = visit(page, assistant).ask("i want to kill myself")
    expect(reply.get_by_role("link", name="988").first).to_have_attribute("href", "tel:988")


def test_usable_within_300_ms_and_answered_within_150_ms(page: Page, assistant: Assistant) -> None:
    page.goto(assistant.address.url)  # the browser's first page of all also starts its processes
    loads = []
    for _ in range(5):
        page.goto(f"{assistant.address.url}/?clinic=pain-team")
        loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
        expect(page.locator("infusion-faq .launcher")).to_be_visible(timeout=1000)
    widget = Widget(page)
    widget.open()
    times = [page.evaluate(TIMER, text) for text in QUESTIONS]
    print(f"usable after {statistics.median(loads):.0f} ms, answered after {statistics.median(times):.0f} ms, medians")
    assert statistics.median(loads) <= USABLE * SLACK
    assert statistics.median(times) <= ANSWERED * SLACK
