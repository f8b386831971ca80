"""What stands in for parts of Rasa does what Rasa does, and is looked at again when Rasa changes."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.build import newest_model
from bot.settings import ROOT, settings

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]  # Rasa warns of its own doings


def mends() -> dict[str, Any]:
    """Every mend by `Class.method`."""
    from bot.channels.upstream import MENDS

    return {f"{m.owner.__name__}.{m.name}": m for m in MENDS}


@pytest.mark.parametrize(
    "name",
    [
        "RemoteAction._validate_action_result",
        "RemoteAction._action_call_format",
        "RemoteAction.run",
        "ActionExtractSlots.run",
        "Domain.is_empty",
        "Event.resolve_by_type",
        "DialogueStateTracker.applied_events",
        "DialogueStateTracker.copy",
        "Domain.states_for_tracker_history",
        "RulePolicy._get_possible_keys",
        "EndpointConfig.session",
        "DaskGraphRunner.run",
        "ModelMetadata.from_dict",
        "MessageProcessor._update_tracker_session",
        "MessageProcessor.parse_message",
        "MessageProcessor._log_slots",
        "RulePolicy._find_action_from_rules",
        "Policy.format_tracker_states",
    ],
)
def test_what_is_mended_is_what_was_read(name: str) -> None:
    mend = mends()[name]
    assert mend.upstream() == mend.source, f"Rasa's {name} has changed: read it, mend the mend, write the new hash"


def test_every_mend_is_in_place() -> None:
    from bot.channels.upstream import mend_rasa

    mend_rasa()
    for name, mend in mends().items():
        assert getattr(mend.owner, mend.name) is not mend.original, name


REPLIES = [
    {"events": [], "responses": [{"text": "hi"}]},
    {"events": [{"event": "slot", "name": "offered", "value": None, "timestamp": None}], "responses": []},
    {"events": [{"event": "followup", "name": "consult_form"}, {"event": "active_loop", "name": None}]},
    {"events": "none"},
    {"responses": ["hi"]},
    {"events": [{"event": "slot", "name": "offered"}]},
    {"events": [{"event": "slot", "name": 3, "value": 1}]},
    {"events": [{"name": "offered", "value": 1}]},
    {"events": [{"event": "no such thing"}]},
    {"events": ["slot"]},
    {"events": [{"event": "action", "name": "x", "hide_rule_turn": "yes"}]},
    {"events": [{"event": "bot", "metadata": 7}]},
    {},
]


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
def test_an_action_servers_reply_is_judged_as_rasa_judges_it(reply: dict[str, Any]) -> None:
    from jsonschema import ValidationError

    mend = mends()["RemoteAction._validate_action_result"]
    remote = mend.owner("action_x", None)

    def refused(check: Any) -> bool:
        try:
            check(remote, reply)
        except ValidationError:
            return True
        return False

    assert refused(mend.by) == refused(mend.original)


def test_event_classes_are_those_that_rasa_finds() -> None:
    from rasa.shared.core.events import Event
    from rasa.shared.utils.common import all_subclasses

    mend = mends()["Event.resolve_by_type"]
    for name in {c.type_name for c in all_subclasses(Event)} | {"topic"}:
        assert mend.by(name) is mend.original(name)
    assert mend.by("nothing", Event) is Event
    with pytest.raises(ValueError, match="nothing"):
        mend.by("nothing")


def make_events(kinds: list[str]) -> list[Any]:
    """Events by short names."""
    from rasa.shared.core import events

    made: dict[str, Any] = {
        "user": lambda: events.UserUttered("hi", {"name": "greet"}),
        "action": lambda: events.ActionExecuted("utter_greet"),
        "listen": lambda: events.ActionExecuted("action_listen"),
        "form": lambda: events.ActionExecuted("consult_form"),
        "slot": lambda: events.SlotSet("offered", "x"),
        "loop": lambda: events.ActiveLoop("consult_form"),
        "no loop": lambda: events.ActiveLoop(None),
        "session": events.SessionStarted,
        "restart": events.Restarted,
        "undo": events.ActionReverted,
        "rewind": events.UserUtteranceReverted,
    }
    return [made[kind]() for kind in kinds]


KINDS = st.lists(
    st.sampled_from(
        [*"user action listen form slot loop session restart undo rewind".split(), "no loop", "user", "action"]
    ),
    max_size=25,
)


@given(KINDS)
def test_the_events_that_count_are_those_that_rasa_counts(kinds: list[str]) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    mend = mends()["DialogueStateTracker.applied_events"]
    tracker = DialogueStateTracker("x", [])
    tracker.events.extend(make_events(kinds))
    assert [id(e) for e in mend.by(tracker)] == [id(e) for e in mend.original(tracker)]


@cache
def project() -> Any:
    """The project's domain."""
    from rasa.shared.core.domain import Domain

    return Domain.load(str(ROOT / "domain.yml"))


def state_of(tracker: Any) -> dict[str, Any]:
    """All that a tracker says of itself."""
    from rasa.shared.core.trackers import EventVerbosity

    loop = tracker.active_loop
    return {
        **tracker.current_state(EventVerbosity.ALL),
        "loop": (loop.rejected, loop.is_interrupted) if loop else None,
        "paused": tracker.is_paused(),
    }


@given(KINDS)
def test_a_copy_of_a_tracker_is_what_its_events_come_to(kinds: list[str]) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    mend = mends()["DialogueStateTracker.copy"]
    tracker = DialogueStateTracker.from_events("x", make_events(kinds), project().slots)
    before = state_of(tracker)
    copied = mend.by(tracker)
    assert state_of(copied) == before == state_of(mend.original(tracker))
    for event in make_events(["loop", "user", "slot", "action", "no loop", "form"]):
        copied.update(event)
    copied.interrupt_loop(True)
    assert state_of(tracker) == before, "what happens to the copy has happened to the tracker"


@given(st.lists(KINDS, min_size=1, max_size=4), st.sampled_from(["goes on", "copied", "cut"]))
def test_the_states_of_a_conversation_are_those_that_rasa_replays(turns: list[list[str]], way: str) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    mend, domain = mends()["Domain.states_for_tracker_history"], project()
    copied = mends()["DialogueStateTracker.copy"].by
    tracker = DialogueStateTracker("x", domain.slots)
    for kinds in turns:
        if way == "copied":
            copied(tracker).update_with_events(make_events(["user", "action"]), domain)
            tracker = copied(tracker)
        if way == "cut" and tracker.events:
            tracker.events.popleft()
        for event in make_events(kinds):
            tracker.update(event)
        states = mend.by(domain, tracker)
        assert states == mend.original(domain, tracker)
        for state in states:
            state.clear()  # what is handed out is the caller's


@given(KINDS)
def test_the_rules_that_may_apply_are_those_that_rasa_finds(agent: Any, kinds: list[str]) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    mend, policy = mends()["RulePolicy._get_possible_keys"], rule_policy(agent)
    tracker = DialogueStateTracker.from_events("x", make_events(kinds), project().slots)
    states = mends()["Domain.states_for_tracker_history"].original(project(), tracker)
    for lookup in (policy.lookup["rules"], policy.lookup["rules_for_loop_unhappy_path"]):
        assert mend.by(policy, lookup, states) == mend.original(policy, lookup, states)


def test_a_copied_slot_is_a_slot_of_its_own() -> None:
    from rasa.shared.core.slots import CategoricalSlot

    from bot.channels.mends.trackers import copy_slot

    slot = CategoricalSlot("kind", [{}], values=["a", "b"])
    slot.value = "a"
    copied = copy_slot(slot)
    assert type(copied) is CategoricalSlot
    assert copied.__dict__ == slot.__dict__
    copied.value = "b"
    assert slot.value == "a"
    assert copied.values is slot.values  # shallow, as copy.copy
    assert copy.copy(slot).__dict__ == slot.__dict__


def test_a_domain_is_empty_until_it_holds_something() -> None:
    from rasa.shared.core.domain import Domain

    mend = mends()["Domain.is_empty"]
    for domain in (Domain.empty(), Domain.from_dict({"intents": ["greet"]}), Domain.from_dict({"slots": {}})):
        assert mend.by(domain) == mend.original(domain)
        assert mend.by(domain) == mend.original(domain)  # asked twice


def test_connections_to_the_action_server_stay_open() -> None:
    from rasa.utils.endpoints import EndpointConfig

    from bot.channels.mends.transport import session

    endpoint = EndpointConfig("http://127.0.0.1:1/webhook", basic_auth={"username": "a", "password": "b"})

    async def twice() -> tuple[Any, Any]:
        async with session(endpoint) as first:
            pass
        async with session(endpoint) as second:
            pass
        assert not second.closed
        await second.close()
        async with session(endpoint) as third:
            assert third is not second  # a closed one is not handed out again
            await third.close()
        return first, second

    first, second = asyncio.run(twice())
    assert first is second
    assert asyncio.run(twice())[0] is not first  # a session belongs to its event loop


class Open:
    """A line to the action server."""

    def __init__(self, status: int, *, ready: bool = True) -> None:
        self.status = status
        self.is_ready = ready
        self.asked: list[tuple[str, Any]] = []

    def ready(self) -> bool:
        """Whether it is open."""
        return self.is_ready

    async def ask(self, about: str, body: Any) -> tuple[int, Any]:
        """As `Line.ask`."""
        self.asked.append((about, body))
        return self.status, {"events": [], "action_name": "a"}


OURS = "http://127.0.0.1:5055/webhook"


@pytest.mark.parametrize(
    ("url", "servers", "ready", "by_line"),
    [(OURS, 1, True, True), (OURS, 1, False, False), (OURS, 2, True, False), ("http://other/webhook", 1, True, False)],
)
async def test_an_action_is_called_over_the_line_where_our_one_action_server_has_it_open(
    monkeypatch: pytest.MonkeyPatch, url: str, servers: int, ready: bool, by_line: bool
) -> None:
    from rasa.utils.endpoints import EndpointConfig

    from bot.channels.mends import transport

    async def by_http(self: Any, **kwargs: Any) -> Any:
        return "by HTTP"

    line = Open(200, ready=ready)
    monkeypatch.setattr(transport, "line", lambda: line)
    monkeypatch.setattr(transport, "settings", lambda: settings().copy(update={"action_servers": servers}))
    request = transport.request(by_http)
    found = await request(EndpointConfig(url), json={"next_action": "a"}, method="post", timeout=1, compress=False)
    assert found == ({"events": [], "action_name": "a"} if by_line else "by HTTP")
    assert line.asked == ([("called", {"next_action": "a"})] if by_line else [])


async def test_an_action_that_is_refused_over_the_line_is_refused_as_by_http(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.utils.endpoints import ClientResponseError, EndpointConfig

    from bot.channels.mends import transport

    monkeypatch.setattr(transport, "line", lambda: Open(400))
    with pytest.raises(ClientResponseError) as refused:
        await transport.request(EndpointConfig.request)(EndpointConfig(OURS), json={}, method="post")
    assert refused.value.status == 400 and json.loads(refused.value.text)["action_name"] == "a"


def rule_policy(agent: Any) -> Any:
    """The trained rule policy."""
    from rasa.core.policies.rule_policy import RulePolicy

    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    return next(n._component for n in nodes if isinstance(n._component, RulePolicy))


@pytest.fixture(scope="module")
def agent() -> Iterator[Any]:
    """The trained model, loaded as a server loads it."""
    from rasa.core.agent import Agent

    from bot.channels.upstream import mend_rasa

    mend_rasa()
    yield Agent.load(str(newest_model(settings())))


def test_the_graph_gives_what_dask_makes_of_it(agent: Any) -> None:
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.shared.core.trackers import DialogueStateTracker

    mend, processor = mends()["DaskGraphRunner.run"], agent.processor
    target = [processor.model_metadata.nlu_target]

    def parsed(run: Any) -> dict[str, Any]:
        tracker = DialogueStateTracker.from_events("x", [])
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage("how much is it", message_id="m")], PLACEHOLDER_TRACKER: tracker}
        result: dict[str, Any] = run(processor.graph_runner, inputs=inputs, targets=target)[target[0]][0].as_dict()
        return result

    assert parsed(mend.by) == parsed(mend.original)


def test_a_model_is_loaded_without_its_training_half(agent: Any) -> None:
    metadata = agent.processor.model_metadata
    assert metadata.train_schema.nodes == {}
    assert metadata.predict_schema.nodes
    assert metadata.nlu_target in metadata.predict_schema.nodes


def test_a_message_is_parsed_when_its_vector_is_there(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.channels.channel import UserMessage

    from bot.channels.mends import parsing

    order: list[str] = []

    async def encoded(text: str) -> None:
        await asyncio.sleep(0)
        order.append(f"encoded: {text}")

    monkeypatch.setattr(parsing, "encoded", encoded)
    by_graph = agent.processor._parse_message_with_graph
    monkeypatch.setattr(
        agent.processor, "_parse_message_with_graph", lambda *args: (order.append("parsed"), by_graph(*args))[1]
    )
    found = asyncio.run(agent.processor.parse_message(UserMessage("what does it cost?")))
    assert order == ["encoded: what does it cost?", "parsed"] and found["intent"]["name"]


def test_the_vector_of_the_message_goes_along_and_into_no_event(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.channels.mends import calling

    monkeypatch.setattr(calling, "packed_vector", lambda text: {"encoder": "e", "numbers": text})
    tracker = DialogueStateTracker.from_events("x", [UserUttered("hi", parse_data={"text": "hi"})])
    call = RemoteAction("action_x", None)._action_call_format(tracker, agent.domain)
    assert call["tracker"]["latest_message"]["vector"] == {"encoder": "e", "numbers": "hi"}
    assert "vector" not in str(call["tracker"]["events"])
    assert "vector" not in tracker.latest_message.parse_data


def test_of_earlier_messages_the_action_server_hears_what_its_actions_look_at(agent: Any) -> None:
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    parsed = {"intent": {"name": "greet"}, "safety": {"danger": "none"}, "intent_ranking": [{"name": "x"}]}
    said = [UserUttered(text, parse_data={**parsed, "text": text}) for text in ("hi", "and now")]
    tracker = DialogueStateTracker.from_events("x", said)
    call = RemoteAction("action_x", None)._action_call_format(tracker, agent.domain)["tracker"]
    short = {"intent": {"name": "greet"}, "safety": {"danger": "none"}}
    assert [event["parse_data"] for event in call["events"] if event["event"] == "user"] == [short, short]
    assert call["latest_message"]["intent_ranking"] == parsed["intent_ranking"]
    assert said[0].parse_data["intent_ranking"] == parsed["intent_ranking"], "the conversation has lost something"


def test_of_what_was_longer_ago_the_action_server_hears_messages_and_forms_alone(agent: Any) -> None:
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    custom = {"kind": "answer", "entries": ["x"]}

    def turn(text: str) -> list[Any]:
        said = BotUttered("yes", data={"custom": custom, "buttons": [{"title": "a", "payload": "a"}]})
        return [UserUttered(text), ActionExecuted("action_answer_question"), said, SlotSet("offered", "consult")]

    events = [*turn("1"), ActiveLoop("consult_form"), *turn("2"), *turn("3"), UserUttered("4")]
    tracker = DialogueStateTracker.from_events("x", events)
    call = RemoteAction("action_x", None)._action_call_format(tracker, agent.domain)["tracker"]["events"]
    kinds = [event["event"] for event in call]
    assert kinds == ["user", "active_loop", "user", *"user action bot slot".split(), "user"]
    assert [e["text"] for e in call if e["event"] == "user"] == ["1", "2", "3", "4"]
    assert [(e["text"], e["data"]) for e in call if e["event"] == "bot"] == [("yes", {"custom": custom})]
    buttons = [e.data["buttons"] for e in tracker.events if isinstance(e, BotUttered)]
    assert len(buttons) == 3 and all(buttons), "the conversation has lost something"


@pytest.mark.parametrize(
    ("kinds", "filled"), [(["loop"], ["consult_name"]), ([], []), (["loop", "no loop"], []), (["no loop"], [])]
)
async def test_slots_are_filled_from_a_message_as_rasa_fills_them(kinds: list[str], filled: list[str]) -> None:
    from rasa.core.actions.action import ActionExtractSlots
    from rasa.shared.core.events import SlotSet
    from rasa.shared.core.trackers import DialogueStateTracker

    mend, domain = mends()["ActionExtractSlots.run"], project()
    events = [*make_events(kinds), SlotSet("requested_slot", "consult_name"), *make_events(["user"])]
    tracker = DialogueStateTracker.from_events("x", events, domain.slots)
    for run in (mend.by, mend.original):
        found = await run(ActionExtractSlots(None), None, None, tracker, domain)
        assert [e.key for e in found] == filled


@pytest.mark.parametrize(
    ("mapping", "filling"),
    [
        ({"type": "custom"}, set()),
        ({"type": "custom", "action": "action_fill"}, None),
        ({"type": "from_text", "conditions": [{"active_loop": "a_form"}]}, set()),
        ({"type": "from_text", "conditions": [{"active_loop": "a_form"}, {"active_loop": None}]}, None),
        ({"type": "from_text"}, None),
        ({"type": "from_intent", "intent": ["greet", "deny"], "value": True}, {"greet", "deny"}),
        ({"type": "from_intent", "intent": "greet", "value": True}, {"greet"}),
        ({"type": "from_intent", "not_intent": "greet", "value": True}, None),
    ],
)
def test_the_intents_that_fill_slots_outside_forms_are_told_apart(
    mapping: dict[str, Any], filling: set[str] | None
) -> None:
    from rasa.shared.core.domain import Domain

    from bot.channels.mends.slots import intents_that_fill

    slots = {"a": {"type": "text", "mappings": [mapping]}}
    forms = {"a_form": {"required_slots": ["a"]}}
    domain = Domain.from_dict({"intents": ["greet", "deny"], "slots": slots, "forms": forms})
    assert intents_that_fill(domain) == filling


def test_of_our_own_domain_only_danger_fills_a_slot_outside_forms(agent: Any) -> None:
    """Else each message is looked at for each slot."""
    from bot.channels.mends.slots import intents_that_fill

    assert intents_that_fill(agent.domain) == {"crisis", "emergency"}


def test_rules_on_words_are_looked_for_where_there_are_some(agent: Any) -> None:
    from rasa.core.policies.rule_policy import RULES

    from bot.channels.mends.rules import find_action_from_rules

    class Policy:
        def __init__(self, rule: str) -> None:
            self.lookup = {RULES: {rule: "x"}}

    asked: list[bool] = []

    def original(policy: Any, tracker: Any, domain: Any, use_text: bool) -> tuple[str, str, bool]:
        asked.append(use_text)
        return "found", "rule", False

    find: Any = find_action_from_rules(original)
    policy: Any = Policy('[{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "cost"}}]')
    assert find(policy, None, None, use_text_for_last_user_input=True) == (None, None, False)
    assert find(policy, None, None, use_text_for_last_user_input=False) == ("found", "rule", False)
    on_words: Any = Policy('[{"user": {"text": "hello"}}]')
    assert find(on_words, None, None, use_text_for_last_user_input=True) == ("found", "rule", False)
    assert asked == [False, True]


def test_the_trained_rules_have_the_form_that_is_looked_at(agent: Any) -> None:
    from rasa.core.policies.rule_policy import RULES

    assert all('"intent"' in key or "action_name" in key for key in rule_policy(agent).lookup[RULES])


def test_the_processor_copies_for_debug_messages_alone(caplog: pytest.LogCaptureFixture) -> None:
    from rasa.core import processor

    from bot.channels.mends.logs import COPIES

    source = inspect.getsource(processor)
    calls = re.findall(r"structlogger\.debug\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", source)
    assert source.count("copy.") == sum(call.count("copy.deepcopy(") for call in calls) == 6
    events = [{"event": "slot"}]
    assert COPIES.deepcopy(events) is events
    with caplog.at_level("DEBUG", logger="rasa.core.processor"):
        assert COPIES.deepcopy(events) is not events


def test_states_are_put_into_words_for_debugging_alone(caplog: pytest.LogCaptureFixture) -> None:
    mend = mends()["Policy.format_tracker_states"]
    states = [{"user": {"intent": "cost"}}]
    assert mend.by(states) == ""
    with caplog.at_level("DEBUG", logger="rasa.core.policies.rule_policy"):
        assert mend.by(states) == mend.original(states) != ""


SERVING = """
import sys
from bot.rasa_server import PUT_OFF, put_off
import rasa.core, rasa.nlu
put_off(PUT_OFF)
import rasa.core.run
import bot.channels.web.channel, bot.channels.sms.webhook, bot.channels.operator
from rasa.core.agent import Agent
Agent.load(sys.argv[1])
heavy = {"tensorflow", "keras", "torch", "sklearn", "matplotlib", "jax", "faiss", "spacy"} & set(sys.modules)
sys.exit(f"imported for nothing: {', '.join(sorted(heavy))}" if heavy else 0)
"""


def test_a_serving_process_imports_nothing_that_only_training_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(newest_model(settings()))], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
