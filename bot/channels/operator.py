"""The operator channel: staff and batches (`faqbot shell`, `faqbot ask`) bind the clinic of a conversation.

Off unless FAQBOT_OPERATOR_TOKEN is set; `faqbot serve` makes a token and keeps it in run/, for its user only.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.core.events import UserUttered
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.sms.phones import Phones
from bot.channels.turn import COLLECTORS, OnNewMessage, TurnReply, run_turn
from bot.channels.upstream import mend_rasa
from bot.settings import settings
from bot.sites import clinic_names

mend_rasa()


class OperatorInput(InputChannel):
    """`POST /webhooks/operator/turn` with a bearer token."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel and of its path."""
        return "operator"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> OperatorInput:
        """Make the channel; its secret is a setting, not a credential."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("operator", url_prefix="/webhooks/operator")
        phones = Phones()

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            token = settings().operator_token
            given = (request.token or "").encode()
            if not token or not hmac.compare_digest(given, token.encode()):
                return _error(401, "the operator token is missing or wrong")
            body = request.json
            fault = _fault(body)
            if fault:
                return _error(400, fault)
            reply = await _reply(on_new_message, body, phones)
            intent = await _intent(request, body["conversation"])
            return json(
                {
                    "kind": reply.kind,
                    "messages": [_as_read(message) for message in reply.messages],
                    "questions": reply.questions,
                    "entries": _entries(reply.messages),
                    "intent": intent,
                    "explain": reply.explain,
                }
            )

        return blueprint


async def _reply(on_new_message: OnNewMessage, body: dict[str, Any], phones: Phones) -> TurnReply:
    """The turn's reply as the patient reads it: on SMS its first page, or the next one."""
    text, conversation, by_sms = body["text"], body["conversation"], body["channel"] == "sms"
    page = phones.more(conversation, text) if by_sms else None
    if page:
        return TurnReply(page[0], [page[1]])
    reply = await run_turn(
        on_new_message,
        text=phones.meant(conversation, text) if by_sms else text,
        conversation=conversation,
        channel=body["channel"],
        clinic=body["clinic"],
        explain=bool(body.get("explain")),
    )
    if by_sms:
        reply.messages = [phones.first_page(conversation, reply.kind, reply.messages)]
    return reply


def _entries(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers that stand in the messages: what had no room is none."""
    return [{"clinic": s["clinic"], "id": s["entry"]} for m in messages for s in m["sources"]]


def _as_read(message: dict[str, Any]) -> dict[str, Any]:
    """What the batch contract shows of a message; the channels' own marks stay here."""
    return {name: message[name] for name in ("text", "buttons", "sources")}


def _fault(body: Any) -> str | None:
    """What is wrong with a request's body, or None."""
    if not isinstance(body, dict):
        return "send a JSON object"
    for name in ("text", "conversation", "channel", "clinic"):
        if not isinstance(body.get(name), str):
            return f"'{name}' is missing or no text"
    if body["channel"] not in COLLECTORS:
        return f"unknown channel '{body['channel']}'; use one of: {', '.join(COLLECTORS)}"
    names = clinic_names()
    if body["clinic"] not in names:
        return f"unknown clinic '{body['clinic']}'; known: {', '.join(sorted(names))}"
    return None


async def _intent(request: Request, conversation: str) -> dict[str, Any]:
    """Name and confidence of the last message's intent."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or agent.tracker_store is None:
        return {"name": None, "confidence": 0.0}
    tracker = await agent.tracker_store.retrieve(conversation)
    # the events, not `latest_message`: a stored tracker forgets the messages that filled a form
    said = [e for e in tracker.events if isinstance(e, UserUttered)] if tracker else []
    intent = said[-1].intent if said else {}
    return {"name": intent.get("name"), "confidence": round(float(intent.get("confidence") or 0.0), 4)}


def _error(status: int, message: str) -> HTTPResponse:
    return json({"error": message}, status=status)
