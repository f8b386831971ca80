"""Checks 1 to 3 and 6: axe-core in every state, keyboard alone, what a screen reader hears, small screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.fake_api import GREETING, Fake, clinic_page, message, reply
from tests.browser.widget import Widget

Visit = Callable[..., Widget]
HELP = "It sounds like you may be in danger.\n- Call or text 988, day or night.\n- In immediate danger, call 911."
EXAMPLE = message(
    "Stop eating 6 hours before.\n- Clear liquids until 2 hours before.",
    buttons=("Ask staff to contact me", "Tell me more"),
    sources=(("FAQ on eating", "2026-11-22"), ("FAQ on drinking", "2026-10-01")),
)
PROFILES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "spanish": {"locale": "es-US"},
    "320px": {"viewport": {"width": 320, "height": 568}},
    "zoomed": {"viewport": {"width": 640, "height": 384}, "device_scale_factor": 2},
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.parametrize("profile", PROFILES)
def test_check_01_axe_finds_nothing_in_any_state(browser: Browser, fake: Fake, profile: str) -> None:
    language = "es" if profile == "spanish" else "en"
    fake.html = clinic_page(fake, html=f'lang="{language}"')
    context = browser.new_context(**{"locale": "en-US", **PROFILES[profile]})
    tab = context.new_page()
    tab.goto(f"{fake.pages}/site")
    widget = Widget(tab)
    found = {"closed": widget.violations()}
    widget.open()
    found["open"] = widget.violations()
    fake.answer = lambda text: reply(EXAMPLE)
    widget.ask("When do I stop eating?")
    expect(widget.dialog.get_by_role("group").get_by_role("button")).to_have_count(2)
    found["quick replies and sources"] = widget.violations()
    fake.answer = lambda text: reply(message(HELP, quick_exit=True), kind="crisis")
    widget.ask("help")
    found["crisis, quick exit"] = widget.violations()
    widget.field.fill("x" * 900)
    widget.dialog.locator("footer button").nth(1).click()
    found["counter, asked whether to clear"] = widget.violations()
    fake.down = True
    widget.say("still there?")
    expect(widget.error).to_be_visible()
    found["error"] = widget.violations()
    context.close()
    assert {state: v for state, v in found.items() if v} == {}


def test_check_02_keyboard_alone(visit: Visit, fake: Fake, page: Page) -> None:
    fake.answer = lambda text: reply(message(f"Reply to {text}", buttons=("Tell me more",)))
    widget = visit(opened=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(widget.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.field).to_be_focused()
    page.keyboard.type("When?")
    page.keyboard.press("Enter")
    expect(widget.replies.last).to_have_text("Reply to When?")
    page.keyboard.press("Shift+Tab")
    expect(widget.button("Tell me more")).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.replies.last).to_have_text("Reply to Tell me more")
    expect(widget.field).to_be_focused()
    page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    assert fake.turns == ["When?", "Tell me more"]


def test_check_02_tab_goes_from_the_panel_on_to_the_page(visit: Visit, page: Page) -> None:
    widget = visit()
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.localName"))
    assert reached >= {"infusion-faq", "a"}
    expect(widget.dialog).to_be_visible()


def test_check_03_the_live_region_says_each_reply_once(visit: Visit, page: Page) -> None:
    widget = visit()
    widget.ask("one")
    widget.ask("two")
    assert widget.spoken() == [GREETING, "You said one", "You said two"]
    assert widget.log.get_attribute("aria-live") == "off"
    page.reload()
    expect(widget.replies).to_have_count(3)
    assert widget.spoken() == []
    widget.ask("three")
    assert widget.spoken() == ["You said three"]


@pytest.mark.parametrize("size", [(320, 568), (640, 384), (320, 256)], ids=["320px", "200%", "400%"])
def test_check_06_small_and_zoomed_no_sideways_scroll(
    visit: Visit, fake: Fake, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    long = "w" * 200 + " https://example.org/" + "p" * 200
    fake.answer = lambda text: reply(message(long, buttons=("b" * 80,), sources=(("s" * 120, "2026-11-22"),)))
    widget = visit()
    widget.ask("x" * 150)
    wide = page.evaluate(
        """() => { const root = document.querySelector("infusion-faq").shadowRoot;
        return [document.documentElement, ...root.querySelectorAll("*:not(.unseen, .unseen *)")]
          .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
          .map((e) => e.localName + "." + e.className); }"""
    )
    assert wide == []
    widget.field.scroll_into_view_if_needed()
    expect(widget.field).to_be_in_viewport()
    box = widget.dialog.bounding_box()
    assert box and (box["width"], box["height"]) == size


def test_right_to_left_page_has_the_chat_at_its_left_end(visit: Visit, fake: Fake) -> None:
    fake.html = clinic_page(fake, html='lang="ar" dir="rtl"')
    widget = visit()
    box = widget.dialog.bounding_box()
    assert box and box["x"] < 100
    direction = widget.replies.first.evaluate("e => getComputedStyle(e).direction")
    assert direction == "ltr"


def test_reduced_motion_stops_every_animation(browser: Browser, fake: Fake) -> None:
    context = browser.new_context(reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(f"{fake.pages}/site")
    widget = Widget(tab)
    widget.open()
    assert widget.dialog.evaluate("e => getComputedStyle(e).animationName") == "none"
    context.close()


def test_spanish_labels_follow_the_pages_language(visit: Visit, fake: Fake) -> None:
    fake.html = clinic_page(fake, html='lang="es"')
    widget = visit()
    for name in ("Enviar", "Hablar con una persona", "Borrar el chat", "Cerrar el chat"):
        expect(widget.button(name)).to_be_visible()
    expect(widget.dialog.get_by_role("link", name="Llamar al 988")).to_have_attribute("href", "tel:988")
