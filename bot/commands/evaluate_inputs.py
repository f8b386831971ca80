"""What `faqbot evaluate` needs from outside: the built index, both servers, the pages, and progress bars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands.ask import ask_all, reachable
from bot.errors import FaqbotError
from bot.evaluate.run import Bench, Tick
from bot.settings import Settings
from bot.sites import clinic_names
from knowledge.encoder import OnnxEncoder
from knowledge.load import load as load_knowledge
from knowledge.store import CachedEncoder, content_id, current_id
from knowledge.store import load as load_index

Note = Callable[[str], None]


def open_bench(settings: Settings, tick: Tick, note: Note) -> Bench:
    """The built index, ready to be measured; says so where it is older than the FAQ."""
    encoder = OnnxEncoder(settings.encoder_dir)
    if content_id(load_knowledge(settings.knowledge_dir), encoder.fingerprint) != current_id(settings.index_dir):
        note("the index is older than the FAQ: `faqbot build` makes a new one; measuring the old one")
    index = load_index(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
    return Bench(index, CachedEncoder(encoder, settings.index_dir / "vectors.npz"), tick)


def ask(settings: Settings, batches: dict[str, list[str]], tick: Tick, note: Note) -> dict[str, list[dict[str, Any]]]:
    """Batches of rows through both servers, as `faqbot ask --input`; the replies by the batch's name."""
    with reachable(settings, note) as address:
        return {
            name: asyncio.run(ask_all(address, lines, counter(name, len(lines), tick)))
            for name, lines in batches.items()
        }


def read_pages(folder: Path) -> dict[str, str]:
    """The clinics' pages, `<clinic>.txt` each. Raises FaqbotError where one is missing."""
    missing = [c for c in clinic_names() if not (folder / f"{c}.txt").is_file()]
    if missing:
        raise FaqbotError(f"no page {folder / missing[0]}.txt; --pages names a folder with one <clinic>.txt a clinic")
    return {c: (folder / f"{c}.txt").read_text(encoding="utf-8") for c in clinic_names()}


@contextmanager
def bars() -> Iterator[Tick]:
    """A progress bar for each stage, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def tick(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield tick


def counter(stage: str, total: int, tick: Tick) -> Callable[[], None]:
    """Advances a stage's bar by one at each call."""
    count = iter(range(1, total + 1))
    return lambda: tick(stage, next(count), total)
