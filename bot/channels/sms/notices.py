"""Texts that a patient did not ask for just now: queued by any process, sent by the server in the hours of day."""

from __future__ import annotations

import time

from bot.channels.sms.config import sms_config
from bot.channels.sms.ledger import Ledger
from bot.channels.sms.privacy import Keys
from bot.channels.sms.segments import fits, plain
from bot.errors import FaqbotError, SettingsError
from bot.settings import Settings


def queue_notice(settings: Settings, *, clinic: str, phone: str, text: str) -> bool:
    """Queue a text from a clinic to a phone (E.164); False where its owner has opted out.

    The caller holds the patient's consent to texts. Raises SettingsError where the clinic has no SMS number,
    FaqbotError where the text is longer than 306 characters of GSM-7.
    """
    config = sms_config(settings)
    own = [(n, t) for n, t in config.numbers.items() if t.clinic == clinic] if config else []
    if config is None or not own:
        raise SettingsError(f"FAQBOT_SMS_NUMBERS has no number of clinic '{clinic}': add one")
    words = plain(text)
    if not words or not fits(words):
        raise FaqbotError("an SMS notice has 1 to 306 characters: write it shorter")
    ledger = Ledger(config.database_url, Keys(config.key), clock=time.time)
    try:
        return ledger.notify(own[0][1], number=own[0][0], to=phone, text=words)
    finally:
        ledger.close()
