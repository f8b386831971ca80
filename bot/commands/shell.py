"""`faqbot shell`: a conversation with one clinic's assistant in the terminal, with the reasons if wanted."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from typing import Any

from bot.commands.ask import Operator
from bot.servers import Address

Write = Callable[[str], None]
STOP = "/stop"


async def converse(address: Address, clinic: str, write: Write, *, explain: bool) -> None:
    """Read messages from standard input until its end or `/stop`; a number picks a choice shown."""
    conversation = f"shell-{uuid.uuid4().hex}"
    write(f"Talking to {clinic}. {STOP} ends. A number picks one of the choices shown.")
    choices: list[str] = []
    async with Operator(address) as operator:
        while True:
            text = _read()
            if text is None or text.strip() == STOP:
                return
            picked = text.strip()
            if picked.isdecimal() and 1 <= int(picked) <= len(choices):
                text = choices[int(picked) - 1]
            row = await operator.turn(text, conversation=conversation, clinic=clinic, channel="shell", explain=explain)
            write(row["text"])
            choices = [b["title"] for m in row["messages"] for b in m["buttons"]]
            for number, title in enumerate(choices, 1):
                write(f"  {number}: {title}")
            if explain:
                _explain(row, write)


def _read() -> str | None:
    try:
        return input("you> " if sys.stdin.isatty() else "")
    except EOFError:
        return None


def _explain(row: dict[str, Any], write: Write) -> None:
    intent = row["intent"]
    write(f"  [{row['kind']}; intent {intent['name']} {intent['confidence']:.2f}; {row['latency_ms']:.0f} ms]")
    for part in row["explain"] or []:
        entry = part["entry"] or "no answer of this clinic"
        write(f"  '{part['part']}' -> {part['question']} ({part['confidence']:.2f}) -> {entry}")
        ranking = ", ".join(f"{name} {score:.1f}" for name, score in part["candidates"])
        write(f"    nearest phrasing {part['nearest']:.2f}; ranking: {ranking}")
