"""Puts the channel together from the settings, around an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanic import Blueprint, Sanic

from bot.channels.web.client import networks
from bot.channels.web.gate import Gate
from bot.channels.web.health import Readiness
from bot.channels.web.limits import Buckets, Limiter
from bot.channels.web.redis_limits import RedisBuckets
from bot.channels.web.redis_state import RedisState
from bot.channels.web.routes import Limits, Routes
from bot.channels.web.secret import load_keys
from bot.channels.web.state import MemoryState, State
from bot.channels.web.tokens import Tokens
from bot.channels.web.turns import Engine, Turns
from bot.line import line
from bot.reading import encoded, read
from bot.settings import Settings
from bot.switch import begin


def web_blueprint(engine: Engine, chosen: Settings) -> Blueprint:
    """The routes of the channel; when the server starts, its gate closes before the whole app."""
    keys = load_keys(chosen.web_secret, chosen.run_dir)
    state: State = RedisState(chosen.redis_url) if chosen.redis_url else MemoryState()
    limits = Limits(
        keys,
        _buckets(chosen.redis_url),
        session=chosen.web_session_limit,
        address=chosen.web_address_limit,
        total=chosen.web_total_limit,
    )
    blueprint = Blueprint("web", url_prefix="/webhooks/web")
    turns = Turns(engine, state, keys, deadline=chosen.web_deadline)
    Routes(tokens=Tokens(keys), turns=turns, state=state, limits=limits).add_to(blueprint)
    readiness = Readiness(engine.ready, f"{chosen.action_address}/status")
    gate = Gate(networks(chosen.trusted_proxies), readiness)

    @blueprint.listener("before_server_start")
    async def start(app: Sanic, _: Any) -> None:
        engine.started(app)
        gate.close(app)
        begin(chosen)
        await read("hello")  # loads the screen and the encoder: a second or two, and not a patient's
        await encoded("hello")

    @blueprint.listener("after_server_stop")
    async def stop(app: Sanic, _: Any) -> None:
        await state.close()
        await limits.close()
        await line().close()

    return blueprint


def _buckets(redis_url: str) -> Callable[[str, int], Limiter]:
    """Makes limiters: in Redis where all workers share one, else in this process."""

    def make(name: str, per_minute: int) -> Limiter:
        return RedisBuckets(redis_url, name, per_minute) if redis_url else Buckets(per_minute)

    return make
