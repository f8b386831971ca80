"""Rasa's side of the SMS channel: the conversation engine behind it, and how it forgets a conversation."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic

from bot.channels.erase import EraseError, erase
from bot.channels.sms.channel import wire
from bot.channels.sms.config import PREFIX, sms_config
from bot.channels.sms.turns import Said
from bot.channels.turn import OnNewMessage, run_turn, without_rasa
from bot.channels.upstream import mend_rasa
from bot.settings import settings

mend_rasa()


class SmsInput(InputChannel):
    """Patients by SMS through Twilio; off unless FAQBOT_SMS_NUMBERS is set."""

    def __init__(self) -> None:
        """Raises SettingsError where a setting is missing or wrong."""
        self._config = sms_config(settings())

    @classmethod
    def name(cls) -> str:
        """Name of the channel and of its path."""
        return "sms"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SmsInput:
        """Make the channel; its secrets are settings, not credentials."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes; none where it is off."""
        if self._config is None:
            return Blueprint("sms", url_prefix=PREFIX)
        app: list[Sanic] = []

        async def engine(text: str, conversation: str, clinic: str) -> Said:
            reply = await run_turn(on_new_message, text=text, conversation=conversation, channel="sms", clinic=clinic)
            return Said(reply.kind, reply.messages)

        async def forget(conversation: str) -> None:
            agent = getattr(app[0].ctx, "agent", None) if app else None
            if agent is None:
                raise EraseError("no model is loaded yet")
            await erase(agent, conversation)

        blueprint = wire(self._config, engine, _fallback, forget=forget, redis_url=settings().redis_url).blueprint()

        @blueprint.listener("before_server_start")
        async def remember_app(running: Sanic, _: Any) -> None:
            app.append(running)

        return blueprint


def _fallback(text: str) -> Said:
    reply = without_rasa(text, "sms")
    return Said(reply.kind, reply.messages)
