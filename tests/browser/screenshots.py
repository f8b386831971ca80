"""Draws the widget's main states into docs/images: `make screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bot.channels.web.pages import asset
from tests.browser.chromium import ARGUMENTS, MISSING, chromium
from tests.browser.fake_api import Fake, clinic_page, message, reply, serving
from tests.browser.widget import Widget

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ANSWER = message(
    "Stop all solid food 4 hours before your appointment. Clear liquids stop 2 hours before.\n"
    "The reason is that you get a sedative medicine.",
    buttons=("What are clear liquids?", "Ask staff to contact me"),
    sources=(("FAQ on eating and drinking", "2026-11-22"),),
)
HELP = message(
    "It sounds like you, or someone near you, may be in danger. Please get help now:\n"
    "- Call or text 988 (Suicide & Crisis Lifeline), day or night.\n- In immediate danger, call 911.\n"
    "You do not have to go through this alone. This chat is automatic and nobody is watching it.",
    quick_exit=True,
)
QUESTION = "how long before do i stop eating"
PROFILES = {
    "answer": {},
    "dark": {"color_scheme": "dark"},
    "spanish": {"locale": "es-US"},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "high-contrast": {"forced_colors": "active"},
}


def draw(browser: Browser, fake: Fake, name: str, profile: dict[str, object]) -> None:
    """One picture of an answer in a profile of its own."""
    fake.html = clinic_page(fake, html='lang="es"' if name == "spanish" else 'lang="en"')
    context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 460, "height": 720}, **profile})
    tab = context.new_page()
    tab.goto(f"{fake.pages}/site")
    widget = Widget(tab)
    widget.open()
    fake.answer = lambda text: reply(ANSWER)
    widget.ask(QUESTION)
    save(tab, name)
    if name == "answer":
        fake.answer = lambda text: reply(HELP, kind="crisis")
        widget.ask("i am not safe at home")
        save(tab, "help")
        fake.statuses = [503]
        widget.say("are you there?")
        widget.error.wait_for()
        save(tab, "error")
    context.close()


def save(tab: Page, name: str) -> None:
    """The tab as it is now, once what moves has come to rest."""
    tab.mouse.move(0, 0)
    tab.wait_for_timeout(500)
    tab.screenshot(path=IMAGES / f"widget-{name}.png")


def demo(browser: Browser, fake: Fake) -> None:
    """The demo page with the closed chat."""
    page = asset("/", clinic="north", clinics={"north": "North Clinic", "south": "South Clinic", "east": "East Clinic"})
    assert page
    fake.html = page.content.decode()
    tab = browser.new_page(viewport={"width": 1024, "height": 720}, locale="en-US")
    tab.goto(f"{fake.pages}/site")
    tab.locator("infusion-faq .launcher").wait_for()
    save(tab, "page")


def main() -> None:
    """All pictures."""
    program = chromium()
    if program is None:
        raise SystemExit(MISSING.replace("the browser tests were NOT run", "nothing drawn"))
    IMAGES.mkdir(parents=True, exist_ok=True)
    with serving() as fake, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for name, profile in PROFILES.items():
            draw(browser, fake, name, profile)
        demo(browser, fake)
        browser.close()


if __name__ == "__main__":
    main()
