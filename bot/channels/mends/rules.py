"""The rule policy without what it does for nothing here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy

logger = logging.getLogger("rasa.core.policies.rule_policy")

_TEXT = '"text"'  # in the key of a rule that begins with the words of a message
_BY_TEXT = "_faqbot_has_text_rules"

Found = tuple["str | None", "str | None", bool]


def find_action_from_rules(original: Callable[..., Found]) -> Callable[..., Found]:
    """`RulePolicy._find_action_from_rules`, which is asked first for rules on the words and then on the intent.

    Where no rule is on words the first search is left out: it walks the whole conversation, as the second does.
    """

    def find(self: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Found:
        if use_text_for_last_user_input and not _has_text_rules(self):
            return None, None, False
        return original(self, tracker, domain, use_text_for_last_user_input)

    return find


def format_tracker_states(original: Callable[[list[Any]], str]) -> Callable[[list[Any]], str]:
    """`Policy.format_tracker_states`, whose words go into debug messages alone: empty while those are off."""

    def formatted(states: list[Any]) -> str:
        return original(states) if logger.isEnabledFor(logging.DEBUG) else ""

    return formatted


def _has_text_rules(policy: RulePolicy) -> bool:
    known: bool | None = policy.__dict__.get(_BY_TEXT)
    if known is None:
        known = any(_TEXT in key for key in policy.lookup.get(RULES, {}))
        policy.__dict__[_BY_TEXT] = known
    return known
