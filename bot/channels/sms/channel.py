"""The channel's parts put together: real ones for the server, others for tests."""

from __future__ import annotations

import time

from bot.channels.sms.config import SmsConfig
from bot.channels.sms.delivery import Delivery
from bot.channels.sms.ledger import Clock, Ledger
from bot.channels.sms.opted_out import Forget
from bot.channels.sms.privacy import Keys
from bot.channels.sms.provider import Provider, TwilioProvider
from bot.channels.sms.routes import READY_SECONDS, SmsRoutes
from bot.channels.sms.service import Service
from bot.channels.sms.turns import TURN_SECONDS, Engine, Fallback, Turns


def wire(
    config: SmsConfig,
    engine: Engine,
    fallback: Fallback,
    *,
    forget: Forget,
    provider: Provider | None = None,
    clock: Clock = time.time,
    ready_seconds: float = READY_SECONDS,
    turn_seconds: float = TURN_SECONDS,
    redis_url: str = "",
) -> SmsRoutes:
    """The routes of a channel that is on, with the ledger opened. Raises SQLAlchemyError where it cannot be."""
    keys = Keys(config.key)
    ledger = Ledger(config.database_url, keys, clock=clock)
    rest = provider or TwilioProvider(config.account_sid, config.auth_token, api_url=config.api_url)
    delivery = Delivery(config, ledger, rest, clock=clock)
    turns = Turns(engine, fallback, seconds=turn_seconds)
    service = Service(config, ledger, keys, turns, forget=forget, wake=delivery.wake, clock=clock, redis_url=redis_url)
    return SmsRoutes(config, service, delivery, fallback, ready_seconds=ready_seconds)
