"""Checks 4 and 5: text of the server is text, a strict Content Security Policy holds, and no other host is asked."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_api import STRICT, Fake, message, reply
from tests.browser.widget import Widget

Visit = Callable[..., Widget]
HOSTILE = [
    "<img src=x onerror=window.hacked=1>",
    "[x](javascript:window.hacked=1)",
    "javascript:alert(1)",
    "<script>window.hacked=1</script>",
    "data:text/html,<b>x</b>",
    "http://example.org/",
    "<a href='https:javascript:1'>x</a>",
    "https://user:pw@example.org/",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_check_04_hostile_text_stays_text(visit: Visit, fake: Fake, page: Page, text: str) -> None:
    fake.answer = lambda _: reply(message(text, buttons=(text,), sources=((text, text),)))
    widget = visit()
    said = widget.ask(text)
    expect(said).to_have_text(text)
    for link in page.locator("infusion-faq .log a").all():
        assert (link.get_attribute("href") or "").startswith("https://javascript")
    assert page.locator("infusion-faq .log :is(img, script, b)").count() == 0
    assert page.evaluate("window.hacked") is None


def test_check_04_safe_links_are_links_without_opener(visit: Visit, fake: Fake) -> None:
    text = "See https://example.org/a?b=1. Call 1-800-222-1222, or mail desk@example.org (tel:+15550100)."
    fake.answer = lambda _: reply(message(text))
    links = visit().ask("how?").get_by_role("link")
    hrefs = [link.get_attribute("href") for link in links.all()]
    assert hrefs == ["https://example.org/a?b=1", "tel:+18002221222", "mailto:desk@example.org", "tel:+15550100"]
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer"}


def test_help_numbers_are_links_in_a_help_reply_alone(visit: Visit, fake: Fake) -> None:
    widget = visit()
    fake.answer = lambda _: reply(message("Room 911"))
    assert widget.ask("where?").get_by_role("link").count() == 0
    fake.answer = lambda _: reply(message("Call or text 988. In danger call 911."), kind="crisis")
    assert widget.ask("help").get_by_role("link").all_inner_texts() == ["988", "911"]


def test_help_is_always_one_press_away(visit: Visit) -> None:
    widget = visit()
    links = {link.inner_text(): link.get_attribute("href") for link in widget.dialog.get_by_role("link").all()}
    assert links == {"Call 911": "tel:911", "Call 988": "tel:988", "Text 988": "sms:988"}
    expect(widget.dialog.get_by_text("Not a person, not an emergency service.")).to_be_visible()


def test_check_05_strict_policy_without_a_violation_and_own_hosts_only(visit: Visit, fake: Fake, page: Page) -> None:
    fake.policy = STRICT.format(api=fake.api)
    fake.answer = lambda _: reply(
        message("- Yes\n- https://example.org/", buttons=("More",), sources=(("F", "2026-01-02"),))
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        "window.found = []; addEventListener('securitypolicyviolation', e => found.push(e.violatedDirective))"
    )
    trouble: list[str] = []
    page.on("console", lambda line: trouble.append(line.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    widget = visit()
    widget.ask("really?")
    widget.button("More").click()
    expect(widget.replies).to_have_count(3)
    assert widget.dialog.evaluate("e => getComputedStyle(e).position") == "fixed"  # styled, not only there
    assert page.evaluate("window.found") == [] and trouble == []
    own = {urlsplit(fake.pages).netloc, urlsplit(fake.api).netloc}
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == own


def test_nothing_is_sent_before_the_patient_opens_the_chat(visit: Visit, fake: Fake, page: Page) -> None:
    visit(opened=False)
    page.wait_for_timeout(100)
    assert [asked for asked in fake.requests if "/webhooks/" in asked] == []


def test_clinic_colours_with_too_little_contrast_are_not_taken(visit: Visit, fake: Fake) -> None:
    fake.theme = {"colours": {"primary": "#7fdfff", "on_primary": "#ffffff"}}
    header = visit().dialog.locator("header")
    assert header.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 92, 107)"
    fake.theme = {"colours": {"primary": "#5b2a86", "on_primary": "#ffffff"}}
    assert visit_again(header.page, fake).evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(91, 42, 134)"


def visit_again(tab: Page, fake: Fake) -> Locator:
    """The header in a new session."""
    tab.evaluate("sessionStorage.clear()")
    tab.goto(f"{fake.pages}/site")
    widget = Widget(tab)
    widget.open()
    return widget.dialog.locator("header")


def test_quick_exit_wipes_the_chat_and_leaves(visit: Visit, fake: Fake, page: Page) -> None:
    exit_page = f"{fake.pages}/site?neutral"
    page.route("https://neutral.example.org/**", lambda route: route.fulfill(body="<title>Weather</title>"))
    fake.theme = {"exit_url": "https://neutral.example.org/today"}
    fake.answer = lambda _: reply(message("You deserve to be safe.", quick_exit=True), kind="crisis")
    widget = visit()
    expect(widget.button("Leave this page")).to_be_hidden()
    widget.ask("he hits me")
    widget.button("Leave this page").click()
    page.wait_for_url("https://neutral.example.org/today")
    page.goto(exit_page)
    assert widget.stored() == 0


def test_events_tell_the_page_what_happened_and_not_what_was_said(visit: Visit, page: Page) -> None:
    widget = visit(opened=False)
    page.evaluate(
        """() => { window.told = []; for (const name of ["open", "close", "message"])
        document.querySelector("infusion-faq").addEventListener(name, (e) => told.push([name, e.detail])); }"""
    )
    widget.open()
    widget.ask("secret")
    widget.button("Close chat").click()
    assert page.evaluate("window.told") == [["open", None], ["message", {"from": "assistant"}], ["close", None]]
