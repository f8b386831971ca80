"""One turn: a patient's text through Rasa, and a reply that is never silence."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.channels.guard import as_text, refusal
from bot.safety.help import help_text
from bot.safety.screen import screen

logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

# Kind of a reply that Rasa itself utters from the domain; the actions name theirs.
UTTERED_KINDS = {"utter_crisis": "crisis", "utter_emergency": "emergency", "utter_complaint": "deescalate"}
FORM_PROMPTS = ("utter_ask_consult_",)
RANKS = ("crisis", "emergency")


@dataclass
class TurnReply:
    """What the patient gets: messages in the shape of the batch contract, and what kind of reply it is."""

    kind: str
    messages: list[dict[str, Any]]
    questions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    explain: Any = None


class Collector(OutputChannel):
    """Collects the messages of one turn whole, with their buttons and details."""

    def __init__(self) -> None:
        self.collected: list[dict[str, Any]] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the message as it is; Rasa's own method would cut it into pieces."""
        self.collected.append(message)


class WebCollector(Collector):
    """Takes the web's form of each response."""

    @classmethod
    def name(cls) -> str:
        """The channel's name, by which Rasa picks a response's variant."""
        return "web"


class SmsCollector(Collector):
    """Takes the SMS form of each response."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "sms"


class ShellCollector(Collector):
    """Takes the shell's form of each response."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "shell"


COLLECTORS: dict[str, type[Collector]] = {c.name(): c for c in (WebCollector, SmsCollector, ShellCollector)}


async def run_turn(
    on_new_message: OnNewMessage,
    *,
    text: str,
    conversation: str,
    channel: str,
    clinic: str,
    explain: bool = False,
) -> TurnReply:
    """Run one message of a conversation that the channel has bound to a clinic.

    Whatever fails behind, the reply has words: the fixed help where the text shows danger, an apology else.
    """
    refused = refusal(text)
    if refused:
        danger = screen(text).danger
        if danger != "none":
            return fixed(danger, help_text(danger, channel))
        return fixed("out_of_scope", refused)
    collector = COLLECTORS[channel]()
    metadata = {"clinic": clinic, "explain": explain}
    message = UserMessage(as_text(text), collector, conversation, input_channel=channel, metadata=metadata)
    try:
        await on_new_message(message)
    except Exception:
        logger.exception("the turn failed")
    return _reply(collector.collected) or without_rasa(text, channel)


def without_rasa(text: str, channel: str) -> TurnReply:
    """The reply when the conversation engine gave none: help in danger, else an apology with the numbers."""
    danger = screen(text).danger
    if danger != "none":
        return fixed(danger, help_text(danger, channel))
    return fixed("error", help_text("broken", channel))


def fixed(kind: str, text: str) -> TurnReply:
    """A reply of one fixed text."""
    return TurnReply(kind, [{"text": text, "buttons": [], "sources": []}])


def _reply(collected: list[dict[str, Any]]) -> TurnReply | None:
    """The turn's reply from Rasa's messages; the kind is that of the gravest message, else of the first."""
    messages: list[dict[str, Any]] = []
    kinds: list[str] = []
    reply = TurnReply("smalltalk", messages)
    for message in collected:
        details = message.get("custom") or {}
        if not message.get("text"):
            continue
        uttered = str(message.get("utter_action") or "")
        asked = uttered.startswith(FORM_PROMPTS)
        kinds.append(details.get("kind") or UTTERED_KINDS.get(uttered) or ("consult" if asked else "smalltalk"))
        messages.append(
            {
                "text": message["text"],
                "buttons": [{"title": b["title"]} for b in message.get("buttons") or []],
                "sources": details.get("sources") or [],
            }
        )
        reply.questions += details.get("questions") or []
        reply.entries += details.get("entries") or []
        reply.explain = reply.explain or details.get("explain")
    if not messages:
        return None
    reply.kind = next((k for k in kinds if k in RANKS), kinds[0])
    return reply
