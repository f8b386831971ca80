"""The safety screen as this process serves it: with the model that `faqbot build` made, or by its rules alone."""

from __future__ import annotations

import logging
from functools import cache, lru_cache

from bot.safety.model import SafetyModel, SafetyModelError
from bot.safety.screen import Verdict, screen
from bot.settings import settings

logger = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def screened(text: str) -> Verdict:
    """The verdict on a message; the second reader of the same message (channel, then NLU) gets it for nothing."""
    return screen(text, safety_model())


@cache
def safety_model() -> SafetyModel | None:
    """The trained model, loaded once, or None where it cannot be: then the rules decide alone."""
    try:
        return SafetyModel(settings().safety_dir)
    except SafetyModelError as error:
        logger.error("the safety screen runs on its rules alone: %s", error)
        return None


def intent_of(verdict: Verdict, text: str) -> str:
    """The intent that the screen decides, or "" where the classifier does.

    What needs an ambulance is an `emergency`, every other danger a `crisis`; which words of help belong to it
    the channel knows. An insult without a question is a `complaint`.
    """
    if verdict.help_first:
        return "emergency" if verdict.danger == "emergency" else "crisis"
    return "complaint" if verdict.insult and "?" not in text else ""
