"""One turn: a patient's text through Rasa, and a reply that is never silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.channels.guard import as_text, refusal
from bot.channels.lost import ACTION_SECONDS, ALL_OR_NOTHING, TEXT_SECONDS, TurnLostError
from bot.channels.safeguard import Guarded, guarded, kind_of, with_lines
from bot.channels.seen import seen
from bot.reading import read
from bot.safety.help import help_text
from bot.safety.screen import Verdict
from bot.screening import screened
from bot.settings import settings
from bot.switch import is_off
from bot.watch.ids import of_conversation
from bot.watch.record import failed, part, turning, watch

logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

# Kind of a reply that Rasa itself utters from the domain; the actions name theirs.
UTTERED_KINDS = {"utter_crisis": "crisis", "utter_emergency": "emergency", "utter_complaint": "deescalate"}
DANGER_SECONDS = 0.7  # how long help waits for what the conversation has to add to it (a form's next question)


@dataclass
class TurnReply:
    """What the patient gets: messages in the shape of the batch contract, and what kind of reply it is."""

    kind: str
    messages: list[dict[str, Any]]
    questions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    explain: Any = None
    help_line: bool = False  # whether the conversation has had a crisis in it


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
    Where the screen finds a danger the help comes first, whatever the conversation engine makes of the text.
    """
    asked = _Asked(text, conversation, channel, clinic, explain)
    if not watch.on:
        return await _answered(on_new_message, asked)
    began = time.perf_counter()
    with of_conversation(conversation), turning():
        reply = await _answered(on_new_message, asked)
        seen(reply, text, channel, clinic, seconds=time.perf_counter() - began)
    return reply


@dataclass(frozen=True)
class _Asked:
    """A message of a conversation."""

    text: str
    conversation: str
    channel: str
    clinic: str
    explain: bool


async def _answered(on_new_message: OnNewMessage, asked: _Asked) -> TurnReply:
    text, channel, clinic = asked.text, asked.channel, asked.clinic
    refused = refusal(text)
    with part("read"):
        verdict = screened(text) if refused else await read(text, clinic)
    if refused:
        return _helped(verdict, channel) if verdict.help_first else fixed("out_of_scope", refused)
    if is_off(clinic) and not verdict.help_first:
        text = help_text("closed", channel, language=verdict.language, country=settings().country)
        return fixed("no_answer", text)
    collector = COLLECTORS[channel]()
    metadata = {"clinic": clinic, "explain": asked.explain}
    message = UserMessage(as_text(text), collector, asked.conversation, input_channel=channel, metadata=metadata)
    if verdict.help_first:
        with part("engine"):
            await _within(on_new_message(message), DANGER_SECONDS)
        return _helped(verdict, channel, _reply(collector.collected))
    reply = await _whole(on_new_message, message, collector)
    with part("finish"):
        if reply is None:
            failed("engine")
            reply = without_rasa(text, channel)
        return _completed(reply, text, verdict, channel)


async def _whole(on_new_message: OnNewMessage, message: UserMessage, collector: Collector) -> TurnReply | None:
    """The reply of a turn that ends as it should; None where it fails, and then the conversation knows none of it."""
    before = ALL_OR_NOTHING.set(True)
    limit = ACTION_SECONDS.set(TEXT_SECONDS if message.input_channel == "sms" else ACTION_SECONDS.get())
    try:
        with part("engine"):
            await on_new_message(message)
    except TurnLostError as error:
        logger.error("the turn is lost: %s", error)
        return None
    except Exception:
        logger.exception("the turn failed")
        return None
    finally:
        ALL_OR_NOTHING.reset(before)
        ACTION_SECONDS.reset(limit)
    return _reply(collector.collected)


async def _within(turn: Awaitable[Any], seconds: float) -> None:
    """Wait for a turn, but not for ever; one that takes longer goes on, and its words are not waited for."""
    task = asyncio.ensure_future(turn)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        failed("late")
        task.add_done_callback(_late)
    elif task.exception():
        failed("engine")
        logger.error("the turn failed", exc_info=task.exception())


def _late(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and task.exception():
        logger.error("a late turn failed", exc_info=task.exception())


def without_rasa(text: str, channel: str) -> TurnReply:
    """The reply when the conversation engine gave none: help in danger, else an apology with the numbers."""
    verdict = screened(text)
    if verdict.help_first:
        return _helped(verdict, channel)
    country = settings().country
    return fixed("error", help_text("broken", channel, language=verdict.language, country=country))


def fixed(kind: str, text: str) -> TurnReply:
    """A reply of one fixed text."""
    return TurnReply(kind, [_message(text)])


def _message(text: str) -> dict[str, Any]:
    return {"text": text, "buttons": [], "sources": []}


def _helped(verdict: Verdict, channel: str, reply: TurnReply | None = None) -> TurnReply:
    """The help for a danger; behind it what a form asks next, and nothing else of `reply`."""
    country = settings().country
    text = help_text(verdict.danger, channel, language=verdict.language, country=country)
    help_first = {**_message(text), "help": verdict.danger}
    asked = [m for m in reply.messages if m.get("asked")] if reply and channel != "sms" else []
    return TurnReply(kind_of(verdict.danger), [help_first, *asked])


def _completed(reply: TurnReply, text: str, verdict: Verdict, channel: str) -> TurnReply:
    """`reply` with the lines that belong to the message: help in doubt or after a crisis, privacy."""
    done: Guarded = guarded(
        reply.kind, verdict, text, channel, country=settings().country, after_crisis=reply.help_line
    )
    reply.kind = done.kind
    reply.messages = with_lines(reply.messages, done.lines, channel)
    return reply


def _reply(collected: list[dict[str, Any]]) -> TurnReply | None:
    """The turn's reply from Rasa's messages; its kind is that of the first."""
    messages: list[dict[str, Any]] = []
    kinds: list[str] = []
    reply = TurnReply("smalltalk", messages)
    for message in collected:
        details = message.get("custom") or {}
        if not message.get("text"):
            continue
        uttered = str(message.get("utter_action") or "")
        kinds.append(details.get("kind") or UTTERED_KINDS.get(uttered) or "smalltalk")
        messages.append(
            {
                "text": message["text"],
                "buttons": [{"title": b["title"]} for b in message.get("buttons") or []],
                "sources": details.get("sources") or [],
                **({"asked": True} if kinds[-1] == "consult" else {}),
            }
        )
        reply.questions += details.get("questions") or []
        reply.entries += details.get("entries") or []
        reply.explain = reply.explain or details.get("explain")
        reply.help_line = reply.help_line or bool(details.get("help_line"))
    if not messages:
        return None
    reply.kind = next((k for k in kinds if k in {"crisis", "emergency"}), kinds[0])
    return reply
