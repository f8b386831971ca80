"""The offer of a call back: a button under each answer on the web, and in words when two questions were declined."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk import Tracker

from actions.consult_context import answered_before, kinds_before
from actions.context import Turn
from knowledge.model import Clinic
from knowledge.reply import Reply, fixed

DECLINED = frozenset({"no_answer", "defer", "out_of_scope"})
TWICE = "That is twice that I could not help. Would you like the clinic's staff to contact you?"


def twice_declined(reply: Reply, tracker: Tracker) -> bool:
    """Whether this is the second question in a row that was declined, and this reply offers nobody by itself."""
    if reply.kind != "out_of_scope" or answered_before(tracker):
        return False  # an answer with a deferral is of the kind "defer" too
    return bool(DECLINED.intersection(kinds_before(tracker)))


def with_offer(reply: Reply, clinic: Clinic | None, turn: Turn, *, declined: bool) -> Reply:
    """The reply with the offer where it has none yet. An SMS that was declined says in its own words how to ask."""
    if clinic is None or turn.form == "sms" or not reply.messages:
        return reply
    button, last = fixed("contact_button", "web", clinic), reply.messages[-1]
    if not declined and (button in last.buttons or reply.kind != "answer" or turn.form != "web"):
        return reply
    text = f"{last.text} {TWICE}" if declined else last.text
    buttons = tuple(dict.fromkeys((*last.buttons, button)))
    return replace(reply, messages=(*reply.messages[:-1], replace(last, text=text, buttons=buttons)))
