"""Checks 6 and 7: faults of server and line, reload, clearing, expiry, two tabs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.fake_api import GREETING, Fake, message, reply
from tests.browser.widget import Widget

Visit = Callable[..., Widget]


def test_check_06_a_dead_server_gives_an_error_and_retry_makes_one_turn(visit: Visit, fake: Fake) -> None:
    widget = visit()
    fake.down = True
    widget.say("When?")
    expect(widget.error).to_contain_text("did not get through")
    expect(widget.error).to_contain_text("911")
    fake.down = False
    widget.button("Try again").click()
    expect(widget.replies.last).to_have_text("You said When?")
    expect(widget.error).to_have_count(0)
    expect(widget.own).to_have_count(1)
    assert fake.turns == ["When?"]


def test_check_06_a_lost_reply_is_fetched_without_a_second_turn(visit: Visit, fake: Fake) -> None:
    widget = visit()
    fake.lose_replies = 1
    widget.say("When?")
    expect(widget.error).to_be_visible()
    widget.button("Try again").click()
    expect(widget.replies.last).to_have_text("You said When?")
    assert fake.turns == ["When?"]


def test_check_06_a_message_that_failed_outlives_a_reload(visit: Visit, fake: Fake, page: Page) -> None:
    widget = visit()
    fake.statuses = [503]
    widget.say("When?")
    expect(widget.error).to_be_visible()
    page.reload()
    expect(widget.own).to_have_text(["When?"])
    widget.button("Try again").click()
    expect(widget.replies.last).to_have_text("You said When?")
    assert fake.turns == ["When?"]


def test_check_06_the_server_is_dead_from_the_start(visit: Visit, fake: Fake) -> None:
    fake.down = True
    widget = visit(opened=False)
    widget.launcher.click()
    expect(widget.error).to_contain_text("cannot be reached")
    fake.down = False
    widget.button("Try again").click()
    expect(widget.replies.first).to_have_text(GREETING)


@pytest.mark.parametrize(
    ("status", "told"), [(429, "7 seconds"), (409, "no longer open"), (413, "too long"), (422, "other words")]
)
def test_refusals_are_told_in_plain_words(visit: Visit, fake: Fake, status: int, told: str) -> None:
    widget = visit()
    fake.statuses = [status]
    widget.say("When?")
    expect(widget.error).to_contain_text(told)
    expect(widget.button("Try again")).to_have_count(1 if status == 429 else 0)


def test_check_07_the_chat_survives_a_reload(visit: Visit, fake: Fake, page: Page) -> None:
    fake.answer = lambda text: reply(message("Yes.", buttons=("More",)))
    widget = visit()
    widget.ask("Really?")
    page.reload()
    expect(widget.replies).to_have_text([GREETING, "Yes."])
    expect(widget.own).to_have_text(["Really?"])
    widget.button("More").click()
    expect(widget.replies).to_have_count(3)
    assert fake.turns == ["Really?", "More"]
    assert sum("sessions" in line for line in fake.requests) == 1


def test_check_07_clear_chat_asks_first_and_clears(visit: Visit, fake: Fake, page: Page) -> None:
    widget = visit()
    widget.ask("one")
    widget.button("Clear chat").click()
    widget.button("Keep").click()
    expect(widget.own).to_have_count(1)
    widget.button("Clear chat").click()
    widget.button("Clear").click()
    expect(widget.own).to_have_count(0)
    expect(widget.replies).to_have_text([GREETING])
    page.reload()
    expect(widget.replies).to_have_text([GREETING])
    assert "DELETE /webhooks/web/session" in fake.requests and len(fake.sessions) == 1


def test_check_07_an_idle_chat_expires_and_its_words_leave_the_screen(visit: Visit, fake: Fake, page: Page) -> None:
    widget = visit()
    widget.ask("private")
    fake.expire()
    widget.say("and now?")
    expect(widget.replies.last).to_have_text("You said and now?")
    expect(page.get_by_text("ended after a quiet time").first).to_be_visible()
    expect(widget.own).to_have_text(["and now?"])


def test_check_07_an_old_token_after_a_reload_starts_anew(visit: Visit, fake: Fake, page: Page) -> None:
    widget = visit()
    widget.ask("private")
    fake.expire()
    page.reload()
    expect(widget.replies).to_have_text([GREETING])
    expect(widget.own).to_have_count(0)


def test_check_07_expiry_clears_the_screen_without_a_press(page: Page, fake: Fake) -> None:
    page.clock.install()
    page.goto(f"{fake.pages}/site")
    widget = Widget(page)
    widget.open()
    widget.ask("private")
    fake.expire()
    page.clock.fast_forward("31:00")
    expect(widget.own).to_have_count(0)
    expect(widget.replies).to_have_text([GREETING])


def test_check_07_typing_indicator_while_a_slow_server_works(visit: Visit, fake: Fake) -> None:
    widget = visit()
    fake.delay = 0.6
    widget.say("slow?")
    expect(widget.log.get_by_text("The assistant is writing")).to_be_attached()
    widget.say("second")  # not sent while the first has no reply
    expect(widget.replies.last).to_have_text("You said slow?")
    expect(widget.log.get_by_text("The assistant is writing")).not_to_be_attached()
    expect(widget.field).to_have_value("second")
    assert fake.turns == ["slow?"]


def test_check_07_quick_replies_are_buttons_and_sources_a_labelled_list(visit: Visit, fake: Fake) -> None:
    fake.answer = lambda text: reply(message("Yes.", buttons=("A", "B"), sources=(("FAQ on eating", "2026-11-22"),)))
    widget = visit()
    widget.ask("Really?")
    group = widget.dialog.get_by_role("group", name="Choices")
    assert group.get_by_role("button").all_inner_texts() == ["A", "B"]
    sources = widget.dialog.get_by_role("list", name="Source:")
    expect(sources.get_by_role("listitem")).to_have_text(["FAQ on eating, reviewed Nov 22, 2026"])
    group.get_by_role("button", name="B").click()
    expect(group.get_by_role("button", name="B")).to_have_count(1)  # of the new reply alone
    assert fake.turns == ["Really?", "B"]


def test_check_07_a_person_can_be_asked_for_in_every_state(visit: Visit, fake: Fake) -> None:
    widget = visit()
    fake.statuses = [503]
    widget.say("When?")
    expect(widget.error).to_be_visible()
    widget.button("Talk to a person").click()
    expect(widget.replies.last).to_contain_text("talk to a person")
    assert fake.turns == ["I want to talk to a person"]


def test_going_offline_and_back_sends_what_was_written(visit: Visit, fake: Fake, context: BrowserContext) -> None:
    widget = visit()
    context.set_offline(True)
    widget.say("When?")
    expect(widget.error).to_contain_text("You are offline")
    context.set_offline(False)
    expect(widget.replies.last).to_have_text("You said When?")
    assert fake.turns == ["When?"]


def test_two_tabs_have_two_conversations(visit: Visit, fake: Fake, context: BrowserContext) -> None:
    first = visit()
    first.ask("one")
    tab = context.new_page()
    tab.goto(f"{fake.pages}/site")
    second = Widget(tab)
    second.open()
    second.ask("two")
    expect(first.own).to_have_text(["one"])
    expect(second.own).to_have_text(["two"])
    assert len(fake.sessions) == 2


def test_a_reply_to_a_closed_chat_marks_the_launcher(visit: Visit, fake: Fake, page: Page) -> None:
    widget = visit()
    fake.delay = 0.3
    widget.say("slow?")
    page.keyboard.press("Escape")
    marked = page.get_by_role("button", name="Ask a question, new message")
    expect(marked).to_be_visible()
    marked.click()
    expect(widget.replies.last).to_have_text("You said slow?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask a question", exact=True)).to_be_visible()


def test_length_is_limited_and_the_rest_counted(visit: Visit) -> None:
    widget = visit()
    widget.field.fill("x" * 799)
    expect(widget.dialog.get_by_text("characters left")).to_be_hidden()
    widget.field.press_sequentially("yy")
    expect(widget.dialog.get_by_text("199 characters left")).to_be_visible()
    assert widget.field.get_attribute("maxlength") == "1000"


def test_shift_enter_makes_a_new_line(visit: Visit, fake: Fake) -> None:
    widget = visit()
    widget.field.press_sequentially("a")
    widget.field.press("Shift+Enter")
    widget.field.press_sequentially("b")
    widget.field.press("Enter")
    expect(widget.replies).to_have_count(2)
    assert fake.turns == ["a\nb"]


def test_nothing_can_scroll_the_panel_itself(visit: Visit) -> None:
    """Scrolling to a reply once took the head with the help numbers out of sight: seen with a real server."""
    widget = visit()
    widget.ask("When?")
    assert widget.dialog.evaluate("dialog => getComputedStyle(dialog).overflowY") == "clip"
