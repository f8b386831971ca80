"""The scripted conversations of tests/e2e/scripted, each on the web, as SMS and in the shell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.commands import shell
from bot.servers import Assistant
from knowledge import gsm7
from knowledge.load import load

pytestmark = pytest.mark.e2e

SCRIPTS = sorted((Path(__file__).parent / "scripted").glob("*.yml"))
EXPECTED = {"say", "kind", "entries", "fresh", "says", "never", "buttons", "on_sms"}
_KIND = re.compile(r"^  \[(\w+); intent ")
_PART = re.compile(r"^  '.*' -> \S+ \(\d\.\d\d\) -> (.+)$", re.S)
_CHOICE = re.compile(r"^  \d+: (.*)$")
_NO_ENTRY = "no answer of this clinic"


@dataclass(frozen=True)
class Heard:
    """One reply as the patient gets it."""

    kind: str
    text: str
    entries: list[str]
    buttons: list[str]


def on_web(assistant: Assistant, clinic: str, texts: list[str]) -> list[Heard]:
    """A conversation through the web channel, as the page has it."""
    out = []
    with httpx.Client(base_url=assistant.address.url, trust_env=False, timeout=30) as client:
        session = client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinic}"}).json()
        headers = {"Authorization": f"Bearer {session['token']}"}
        for text in texts:
            reply = client.post("/webhooks/web/messages", json={"text": text}, headers=headers).json()
            messages = reply["messages"]
            entries = [s["entry"] for m in messages for s in m["sources"]]
            buttons = [b["title"] for m in messages for b in m["buttons"]]
            out.append(Heard(reply["kind"], "\n".join(m["text"] for m in messages), entries, buttons))
    return out


def by_sms(talk: Any, clinic: str, texts: list[str]) -> list[Heard]:
    """A conversation in the form of SMS."""
    rows = talk(*texts, clinic=clinic, channel="sms")
    return [Heard(r["kind"], r["text"], [e["id"] for e in r["entries"]], []) for r in rows]


def in_shell(assistant: Assistant, clinic: str, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> list[Heard]:
    """A conversation in `faqbot shell --explain`: what is typed, and what stands on the screen after it."""
    screens: list[list[str]] = []

    def typed() -> Iterator[str]:
        for text in texts:
            screens.append([])
            yield text

    lines = typed()
    monkeypatch.setattr(shell, "_read", lambda: next(lines, None))
    asyncio.run(
        shell.converse(
            assistant.address, clinic, lambda line: screens[-1].append(line) if screens else None, explain=True
        )
    )
    return [_read_screen(screen) for screen in screens]


def _read_screen(screen: list[str]) -> Heard:
    kind = next(m[1] for line in screen if (m := _KIND.match(line)))
    said = [m[1] for line in screen if (m := _PART.match(line))]
    buttons = [m[1] for line in screen if (m := _CHOICE.match(line))]
    entries = [e for e in said if e != _NO_ENTRY] if kind == "answer" else []
    return Heard(kind, screen[0], entries, buttons)


@pytest.fixture(params=["web", "sms", "shell"])
def converse(request: pytest.FixtureRequest, assistant: Assistant, talk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have a conversation on one channel: (clinic, texts) -> replies, with the channel's name."""

    def have(clinic: str, texts: list[str]) -> list[Heard]:
        if request.param == "web":
            return on_web(assistant, clinic, texts)
        if request.param == "sms":
            return by_sms(talk, clinic, texts)
        return in_shell(assistant, clinic, texts, monkeypatch)

    return request.param, have


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.stem for s in SCRIPTS])
def test_a_scripted_conversation_goes_right(script: Path, converse: Any) -> None:
    channel, have = converse
    content = yaml.safe_load(script.read_text(encoding="utf-8"))
    turns = content["turns"]
    replies = have(content["clinic"], [turn["say"] for turn in turns])
    assert len(replies) == len(turns)
    faults, given = [], set()
    for number, (turn, reply) in enumerate(zip(turns, replies, strict=True), 1):
        expected = {**turn, **(turn.get("on_sms", {}) if channel == "sms" else {})}
        where = f"{script.name}, turn {number}, {turn['say']!r}"
        faults += [f"{where}: {fault}\n  {reply}" for fault in _faults(expected, reply, channel, given)]
        given.update(reply.entries)
    assert not faults, "\n".join(faults)


def _faults(expected: dict[str, Any], reply: Heard, channel: str, given: set[str]) -> Iterator[str]:
    """What is wrong with a reply."""
    if reply.kind != expected["kind"]:
        yield f"kind {reply.kind}, not {expected['kind']}"
    if "entries" in expected and reply.entries != expected["entries"]:
        yield f"entries {reply.entries}, not {expected['entries']}"
    if expected.get("fresh") and (not reply.entries or given.intersection(reply.entries)):
        yield f"no new entry but {reply.entries}"
    for pattern in expected.get("says", []):
        if not _in(pattern, reply.text):
            yield f"does not say /{pattern}/"
    for pattern in expected.get("never", []):
        if _in(pattern, reply.text):
            yield f"says /{pattern}/"
    for pattern in expected.get("buttons", []) if channel != "sms" else []:
        if not any(_in(pattern, button) for button in reply.buttons):
            yield f"no button /{pattern}/"
    if channel == "sms" and (gsm7.length(reply.text) > gsm7.MAX_CHARACTERS or gsm7.outside(reply.text)):
        yield f"no SMS of {gsm7.MAX_CHARACTERS} characters: {gsm7.length(reply.text)}"


def _in(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.I | re.M))


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.stem for s in SCRIPTS])
def test_a_script_names_only_what_there_is(script: Path) -> None:
    content = yaml.safe_load(script.read_text(encoding="utf-8"))
    clinics = {c.id: c for c in load(Path(__file__).parents[2] / "knowledge").clinics}
    entries = {a.id for a in clinics[content["clinic"]].answers}
    for turn in content["turns"]:
        assert {"say", "kind"} <= set(turn) <= EXPECTED
        for form in (turn, turn.get("on_sms", {})):
            assert entries.issuperset(form.get("entries", [])), turn["say"]


def test_there_are_five_scripts_at_least() -> None:
    assert len(SCRIPTS) >= 5
