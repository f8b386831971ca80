"""What the channel remembers of one conversation: what was said, the buttons that count, the replies to retries."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.wire import packed, unpacked

ABUSE = "abuse"  # a danger whose help must come with a quick way out of the page
MAX_HISTORY = 200  # messages
MAX_REPLIES = 20  # of the last messages, for retries


@dataclass
class Conversation:
    """One conversation. `choices` are the titles of the last reply's buttons by id; `replies` by message id."""

    history: list[dict[str, Any]] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> Conversation:
        """The conversation that `to_json` wrote."""
        return cls(**unpacked(text))

    def to_json(self) -> str:
        """All of it as JSON."""
        return packed(vars(self))

    def said(self, text: str, message_id: str, kind: str, messages: list[dict[str, Any]], at: int) -> dict[str, Any]:
        """Add a turn: the patient's text and Rasa's messages. Returns the reply, its buttons with ids."""
        self.choices = {}
        shown = [self._with_ids(message) for message in messages]
        spoken: dict[str, Any] = {"from": "patient", "text": text, "buttons": [], "sources": [], "at": at}
        if message_id:
            spoken["message_id"] = message_id
        self.history.append(spoken)
        self.history += [{"from": "assistant", "kind": kind, **message, "at": at} for message in shown]
        self.history = self.history[-MAX_HISTORY:]
        return {"kind": kind, "messages": shown}

    def keep(self, message_id: str, fingerprint: str, reply: dict[str, Any]) -> None:
        """Keep the reply to a message, for when it is sent again."""
        self.replies[message_id] = {"fingerprint": fingerprint, "reply": reply}
        while len(self.replies) > MAX_REPLIES:
            del self.replies[next(iter(self.replies))]

    def shown(self) -> list[dict[str, Any]]:
        """The history, with those buttons alone that can still be pressed."""
        return [{**m, "buttons": [b for b in m["buttons"] if b["id"] in self.choices]} for m in self.history]

    def _with_ids(self, message: dict[str, Any]) -> dict[str, Any]:
        buttons = []
        for button in message["buttons"]:
            identifier = secrets.token_urlsafe(9)
            self.choices[identifier] = button["title"]
            buttons.append({"title": button["title"], "id": identifier})
        shown = {"text": message["text"], "buttons": buttons, "sources": message["sources"]}
        if message.get("help") == ABUSE:
            shown["quick_exit"] = True
        return shown
