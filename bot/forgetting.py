"""Forgetting a patient outside the consult database: conversations, what the web page shows of them, texts."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from bot.settings import Settings

MEMORY = (
    "not reached: the conversations themselves, as the running server keeps them in memory (FAQBOT_TRACKER_URL is "
    "not set); restart it, and they are gone"
)
WEB_MEMORY = (
    "not reached: what the web page shows of a conversation, in the running server's memory; it goes {minutes} minutes "
    "after the last message, or with a restart"
)
WEB_REDIS = (
    "not reached: what the web page shows of a conversation ({cause}); it goes {minutes} minutes after the last message"
)


def forget(settings: Settings, conversations: Collection[str], *, phone: str = "") -> tuple[str, ...]:
    """Erase these conversations wherever they are, and the texts of this phone (E.164).

    Returns what could not be reached, each with what to do. Raises ConsultError where a database fails: call it
    before the requests are erased, which name the conversations.
    """
    known = {*conversations, *_texts(settings, conversations, phone)}
    if not known:
        return ()
    if settings.tracker_url:
        from bot.consult.conversations import erase_conversations

        erase_conversations(settings.tracker_url, known)
    left = () if settings.tracker_url else (MEMORY,)
    return left + _web(settings, {id_ for id_ in known if not id_.startswith("sms-")})


def _texts(settings: Settings, conversations: Collection[str], phone: str) -> tuple[str, ...]:
    if not settings.sms_key or not (conversations or phone):
        return ()
    from bot.channels.sms.forgetting import forget_texts
    from bot.channels.sms.privacy import Keys

    return forget_texts(settings.sms_database_url, Keys(settings.sms_key), conversations, phone=phone)


def _web(settings: Settings, conversations: Collection[str]) -> tuple[str, ...]:
    from bot.channels.web.redis_state import RedisState
    from bot.channels.web.state import IDLE, StateError

    if not conversations:
        return ()
    if not settings.redis_url:
        return (WEB_MEMORY.format(minutes=IDLE // 60),)

    async def end() -> None:
        state = RedisState(settings.redis_url)
        try:
            for conversation in sorted(conversations):
                await state.end(conversation)
        finally:
            await state.close()

    try:
        asyncio.run(end())
    except StateError as error:
        return (WEB_REDIS.format(cause=error, minutes=IDLE // 60),)
    return ()
