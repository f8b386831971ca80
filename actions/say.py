"""Hand a reply to Rasa: the words, and for our own channels what the batch contract reports of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from actions.context import STOCK_SHELL, Turn
from knowledge.model import Clinic
from knowledge.reply import Message, Reply, source_line


def say(dispatcher: Any, turn: Turn, reply: Reply, clinic: Clinic | None = None, *, explain: Any = None) -> None:
    """Utter every message of the reply through a rasa_sdk CollectingDispatcher.

    The stock shell knows no sources: there they stand in the text.
    """
    for number, message in enumerate(reply.messages):
        buttons = [{"title": title, "payload": title} for title in message.buttons]
        if turn.channel == STOCK_SHELL:
            dispatcher.utter_message(text=with_sources(message, clinic), buttons=buttons)
            continue
        details: dict[str, Any] = {"kind": reply.kind, "sources": [asdict(s) for s in message.sources]}
        if turn.after_crisis:
            details["help_line"] = True
        if number == 0:
            details["questions"] = [{"id": q, "score": score} for q, score in reply.questions]
            details["entries"] = [{"clinic": c, "id": e} for c, e in reply.entries]
            if explain is not None:
                details["explain"] = explain
        dispatcher.utter_message(text=message.text, buttons=buttons, json_message=details)


def say_text(dispatcher: Any, turn: Turn, kind: str, text: str, *, buttons: tuple[str, ...] = ()) -> None:
    """Utter one fixed text of the given kind."""
    say(dispatcher, turn, Reply(kind, (Message(text, buttons),)))


def with_sources(message: Message, clinic: Clinic | None) -> str:
    """The text of a message with its sources beneath, as plain text."""
    if not message.sources or clinic is None:
        return message.text
    return "\n".join([message.text, *[source_line(s, clinic.name) for s in message.sources]])
