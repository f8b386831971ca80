"""Rasa's own code mended where it costs too much: every replacement in one table.

Each names the SHA-256 of the source that it stands in for (Rasa 3.6.21); a test fails when upstream changes.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa.core import processor
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.channels.mends import (
    calling,
    domains,
    events,
    failing,
    graph,
    loading,
    logs,
    parsing,
    rules,
    sessions,
    slots,
    states,
    trackers,
    transport,
    validation,
)


async def _update_tracker_session(self: MessageProcessor, tracker: Any, *args: Any, **kwargs: Any) -> None:
    """As in Rasa, then a new session where the present one has become long."""
    await _UPDATE(self, tracker, *args, **kwargs)
    tracker.update_with_events(sessions.continued(tracker), self.domain)


_UPDATE = MessageProcessor._update_tracker_session
_APPLIED = DialogueStateTracker.applied_events


@dataclass(frozen=True)
class Mend:
    """One method of Rasa's, what takes its place, and a hash of the source that was read for it."""

    owner: type
    name: str
    by: Any
    source: str
    original: Callable[..., Any]

    def upstream(self) -> str:
        """The hash of upstream's source as it is installed."""
        return hashlib.sha256(inspect.getsource(self.original).encode()).hexdigest()[:16]


def _mend(owner: type, name: str, by: Any, source: str) -> Mend:
    return Mend(owner, name, by, source, getattr(owner, name))


_CALL = RemoteAction._action_call_format
_REQUEST = EndpointConfig.request
_RUN = RemoteAction.run
_EXTRACT = ActionExtractSlots.run
_METADATA = ModelMetadata.from_dict
_PARSE = MessageProcessor.parse_message
_SLOTS = MessageProcessor._log_slots
_RULES = RulePolicy._find_action_from_rules
_FORMATTED = Policy.format_tracker_states
_STATES = Domain.states_for_tracker_history

MENDS = (
    _mend(RemoteAction, "_validate_action_result", validation.validate_action_result, "f8cdb4be68123961"),
    _mend(RemoteAction, "_action_call_format", calling.with_vector(_CALL), "428795b944f22edb"),
    _mend(RemoteAction, "run", failing.run(_RUN), "ccabf6f1160d527a"),
    _mend(ActionExtractSlots, "run", slots.run(_EXTRACT), "13487835d751b652"),
    _mend(EndpointConfig, "session", transport.session, "e55aa13d9d4fb4bc"),
    _mend(EndpointConfig, "request", transport.request(_REQUEST), "ccdb778aed8208e2"),
    _mend(DaskGraphRunner, "run", graph.run, "45f0f52f574f3aa9"),
    _mend(ModelMetadata, "from_dict", classmethod(loading.without_training(_METADATA)), "ee3da9f00c7daa75"),
    _mend(MessageProcessor, "_update_tracker_session", _update_tracker_session, "b0d44217b5ca28ba"),
    _mend(MessageProcessor, "parse_message", parsing.when_encoded(_PARSE), "b98d8e49b9f2c433"),
    _mend(MessageProcessor, "_log_slots", staticmethod(logs.log_slots(_SLOTS)), "cfc60d6857d3466d"),
    _mend(DialogueStateTracker, "applied_events", trackers.applied_events(_APPLIED), "764d5065ea9997d6"),
    _mend(DialogueStateTracker, "copy", trackers.copied, "dfa48dca9f355ad1"),
    _mend(Domain, "states_for_tracker_history", states.states_for_tracker_history(_STATES), "035111ce73ac90ba"),
    _mend(Event, "resolve_by_type", staticmethod(events.resolve_by_type), "b5cf570fa7f286c7"),
    _mend(Domain, "is_empty", domains.is_empty, "884be90ef485f1d2"),
    _mend(RulePolicy, "_find_action_from_rules", rules.find_action_from_rules(_RULES), "be6da6ee0f5429bd"),
    _mend(RulePolicy, "_get_possible_keys", rules.possible_keys, "2915fd81711e194c"),
    _mend(Policy, "format_tracker_states", staticmethod(rules.format_tracker_states(_FORMATTED)), "32b101cb34fd1c32"),
)


def mend_rasa() -> None:
    """Put every replacement in its place; a second call changes nothing."""
    for mend in MENDS:
        setattr(mend.owner, mend.name, mend.by)
    Slot.__copy__ = trackers.copy_slot
    processor.copy = logs.COPIES
