"""The rule policy without what it does for nothing here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

logger = logging.getLogger("rasa.core.policies.rule_policy")

_TEXT = '"text"'  # in the key of a rule that begins with the words of a message
_BY_TEXT = "_faqbot_has_text_rules"
_BY_LAST = "_faqbot_rules_by_last_action_and_intent"

Found = tuple["str | None", "str | None", bool]
Rule = tuple[str, list[State]]


def find_action_from_rules(original: Callable[..., Found]) -> Callable[..., Found]:
    """`RulePolicy._find_action_from_rules`, which is asked first for rules on the words and then on the intent.

    Where no rule is on words the first search is left out: it walks the whole conversation, as the second does.
    """

    def find(self: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Found:
        if use_text_for_last_user_input and not _has_text_rules(self):
            return None, None, False
        return original(self, tracker, domain, use_text_for_last_user_input)

    return find


def possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """As `RulePolicy._get_possible_keys`, which asks every rule of every state of the conversation.

    A rule asks for the last action, and most for an intent, so the others need no look; and no rule asks more states
    than its own.
    """
    last = states[::-1]
    asks_for = _by_last(self, lookup)
    action, intent = _action(last[0]), last[0].get(USER, {}).get(INTENT)
    near = (*asks_for.get((action, None), ()), *(asks_for.get((action, intent), ()) if intent else ()))
    return {key for key, rule in near if all(map(_applies, rule, last))}


def _applies(rule: State, state: State) -> bool:
    """`RulePolicy._is_rule_applicable` of one state of a rule: where a conversation begins, nothing else counts."""
    begins = not rule.get(PREVIOUS_ACTION), not state.get(PREVIOUS_ACTION)
    return all(begins) or (not any(begins) and RulePolicy._does_rule_match_state(rule, state))


def _by_last(policy: RulePolicy, lookup: dict[str, str]) -> dict[tuple[str | None, str | None], list[Rule]]:
    """The rules of a lookup with their states, the last first, by the action and the intent that they ask for last."""
    known = policy.__dict__.setdefault(_BY_LAST, {})
    if id(lookup) not in known or known[id(lookup)][0] is not lookup:
        rules: dict[tuple[str | None, str | None], list[Rule]] = {}
        for key in lookup:
            asked = policy._rule_key_to_state(key)[::-1]
            intent = asked[0].get(USER, {}).get(INTENT)
            wanted = intent if intent != SHOULD_NOT_BE_SET else None
            rules.setdefault((_action(asked[0]), wanted or None), []).append((key, asked))
        known[id(lookup)] = (lookup, rules)
    found: dict[tuple[str | None, str | None], list[Rule]] = known[id(lookup)][1]
    return found


def _action(state: State) -> str | None:
    name: str | None = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    return name


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
