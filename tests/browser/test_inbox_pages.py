"""The real inbox in Chromium: accessible, usable on a phone and by keyboard, with nothing foreign."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.inbox_site import Site, serving

MISSING = "no Chromium found: the inbox was NOT tried in a browser. Install `chromium` or set FAQBOT_CHROMIUM to it"


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The browser of this folder's conftest where there is one (playwright runs once a thread), else one of ours."""
    try:
        shared = request.getfixturevalue("browser")
    except pytest.FixtureLookupError:
        shared = None
    if shared is not None:
        yield shared
        return
    program = os.environ.get("FAQBOT_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The inbox, serving."""
    with serving(tmp_path) as running:
        yield running


@pytest.fixture(params=[320, 1280])
def width(request: pytest.FixtureRequest) -> int:
    """A narrow phone, and a desk."""
    return int(request.param)


@pytest.fixture
def open_tab(chromium: Browser) -> Iterator[Callable[[int], Page]]:
    """A tab of that width in a profile of its own."""
    contexts = []

    def tab(width: int) -> Page:
        contexts.append(chromium.new_context(locale="en-US", viewport={"width": width, "height": 700}))
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1].new_page()

    yield tab
    for context in contexts:
        context.close()


def test_every_page_has_no_axe_violation_and_does_not_scroll_sideways(
    site: Site, open_tab: Callable[[int], Page], width: int
) -> None:
    page = open_tab(width)

    def sound(where: str) -> None:
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where

    page.goto(f"{site.url}/inbox/")
    sound("log-in")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    sound("log-in refused")
    site.log_in(page)
    sound("queue")
    page.get_by_label("Id, phone, email or name").fill("nobody at all")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("No request matches.").wait_for()
    sound("search")
    for name in ("Ana", "Cleo"):
        page.goto(site.request(name))
        sound(f"request of {name}")
    page.get_by_role("button", name="Add note").click()
    page.get_by_role("alert").wait_for()
    sound("empty note")
    page.get_by_role("button", name="Erase").click()
    page.get_by_text("Please tick the box").wait_for()
    sound("erase without a tick")
    page.goto(f"{site.url}/inbox/requests/ABCDEFGH")
    page.get_by_role("heading", name="There is nothing here").wait_for()
    sound("error")


def test_a_request_is_found_taken_and_closed_by_keyboard_alone(site: Site, open_tab: Callable[[int], Page]) -> None:
    page = open_tab(1280)
    page.goto(f"{site.url}/inbox/login")
    keys = page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(40):
            keys.press("Tab")
            said = "e => e.innerText || (e.labels && e.labels[0] ? e.labels[0].innerText : '')"
            if page.evaluate(f"({said})(document.activeElement)").strip() == name:
                assert page.evaluate("document.activeElement.matches(':focus-visible')")
                return
        raise AssertionError(f"Tab never came to {name!r}")

    keys.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
    keys.press("Enter")
    tab_to("User name")
    keys.type("stan")
    tab_to("Password")
    keys.type("a long invented password")
    keys.press("Enter")
    page.get_by_role("heading", name="Queue").wait_for()
    tab_to("Ben Example")
    keys.press("Enter")
    page.get_by_role("heading", name="What the patient sent").wait_for()
    tab_to("Take this request")
    keys.press("Enter")
    page.get_by_role("status").get_by_text("The request is with you now.").wait_for()
    page.locator("#status").focus()
    keys.type("Clo")
    tab_to("Set status")
    keys.press("Enter")
    page.get_by_role("status").get_by_text("The status is closed now.").wait_for()


def test_the_policy_is_kept_and_nothing_foreign_is_asked_for(site: Site, open_tab: Callable[[int], Page]) -> None:
    page = open_tab(1280)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    site.log_in(page)
    page.goto(site.request("Ana"))
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(7, 61, 71)"
    assert said == []
    assert {url.startswith(f"{site.url}/") for url in asked} == {True}


def test_a_link_in_a_webmail_opens_the_request_without_a_second_log_in(
    site: Site, open_tab: Callable[[int], Page]
) -> None:
    page = open_tab(1280)
    site.log_in(page)
    mail = f'<a href="{site.request("Ana")}">A new request</a>'
    page.route("http://webmail.example/", lambda route: route.fulfill(body=mail, content_type="text/html"))
    page.goto("http://webmail.example/")
    page.get_by_role("link").click()
    page.get_by_role("heading", name="Ana Example").wait_for()
    assert page.url == site.request("Ana")
