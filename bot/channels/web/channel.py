"""The web channel as Rasa loads it: Rasa as the engine behind the gate and the routes."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic

from bot.channels.erase import erase
from bot.channels.turn import OnNewMessage, TurnReply, run_turn, without_rasa
from bot.channels.upstream import mend_rasa
from bot.channels.web.wiring import web_blueprint
from bot.settings import settings
from bot.sites import sites
from bot.watch.record import version
from bot.watch.start import start

mend_rasa()


class RasaEngine:
    """Rasa as the engine of turns."""

    def __init__(self, on_new_message: OnNewMessage) -> None:
        self._on_new_message = on_new_message
        self._app: Any = None

    def started(self, app: Sanic) -> None:
        """Called with Rasa's app when the server starts; the agent is on it from then on or a little later."""
        self._app = app
        start("rasa")
        app.add_task(self._tell_version())

    def ready(self) -> bool:
        """Whether a model is loaded."""
        agent = self._agent()
        return agent is not None and bool(agent.is_ready())

    async def reply(self, *, text: str, conversation: str, clinic: str) -> TurnReply:
        """One turn."""
        return await run_turn(self._on_new_message, text=text, conversation=conversation, channel="web", clinic=clinic)

    def without(self, text: str) -> TurnReply:
        """The reply that needs no Rasa."""
        return without_rasa(text, "web")

    async def erase(self, conversation: str) -> None:
        """Forget the conversation."""
        agent = self._agent()
        if agent is not None:
            await erase(agent, conversation)

    async def _tell_version(self) -> None:
        """Tell the watch which model is served, once one is."""
        while not self.ready():
            await asyncio.sleep(1)
        version("rasa_model", str(self._agent().model_id or ""))

    def _agent(self) -> Any:
        return getattr(self._app.ctx, "agent", None) if self._app else None


class WebInput(InputChannel):
    """Patients on a clinic's website. The server makes the session and signs it together with the clinic."""

    def __init__(self) -> None:
        sites()  # a fault in the sites file stops the start

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """Make the channel; what it needs are settings, not credentials."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        return web_blueprint(RasaEngine(on_new_message), settings())
