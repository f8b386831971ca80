"""Room for the lines behind a reply on SMS: what gives way, and what comes with MORE. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.channels.room import PRIVACY, Line, Message, deferral, first_fitting
from bot.channels.sms.choices import numbered
from bot.channels.sms.segments import fits, plain
from bot.channels.sms.texts import text as own_text

_HEADING = re.compile(r"(?!\d )[^\n]*\?")  # a question that is no choice: an answer follows
# what has no source: an open question, and what was not understood
_OPEN = re.compile(r"[^.\n]{1,30}'s FAQ does not say |Not understood: ")
_TOLD = re.compile(r"Reply (?!MORE)")  # how to choose, beneath the choices
_MORE = re.compile(r"Reply MORE")
_SOURCE = re.compile(r"\(.* FAQ, [\d-]+\)")
_DATE = re.compile(r", [\d-]+(?=\)$)")


@dataclass(frozen=True)
class Page:
    """A form of a reply: the first page, what MORE brings, and which of the reply's blocks stand on the page."""

    text: str
    rest: str
    blocks: tuple[int, ...]


@dataclass(frozen=True)
class Parts:
    """A reply taken apart: answers (or what else it says) in blocks, what stays with the first, MORE, the source.

    `body` is all but the source, as it stood.
    """

    body: tuple[str, ...]
    blocks: tuple[str, ...]
    kept: tuple[str, ...]
    more: tuple[str, ...]
    source: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Parts:
        """The parts of a reply as `knowledge.sms` and `knowledge.clarify` write it."""
        lines = text.split("\n")
        kept = tuple(x for x in lines if x == deferral("sms") or _TOLD.match(x))
        more, source = (tuple(x for x in lines if p.match(x)) for p in (_MORE, _SOURCE))
        blocks = _blocks([x for x in lines if x not in (*kept, *more, *source)])
        return cls(tuple(x for x in lines if x not in source), blocks, kept, more, source)

    def shrinking(self) -> Iterator[tuple[int, ...]]:
        """All blocks, then ever fewer down to one: open questions go first, then the later answers."""
        here = list(range(len(self.blocks)))
        yield tuple(here)
        while len(here) > 1:
            here.remove(next((i for i in reversed(here) if _OPEN.match(self.blocks[i])), here[-1]))
            yield tuple(here)

    def bare(self) -> Parts:
        """The parts without the questions that head answers."""
        headings = {line for block in self.blocks for line in block.split("\n")[:-1]}
        body = tuple(line for line in self.body if line not in headings)
        return replace(self, body=body, blocks=tuple(block.rpartition("\n")[2] for block in self.blocks))

    def page(self, here: tuple[int, ...], lines: Sequence[str], source: Sequence[str]) -> Page:
        """These blocks with the lines; the others are for the next page."""
        rest = [block for i, block in enumerate(self.blocks) if i not in here]
        body = [*(self.blocks[i] for i in here), *self.kept] if rest else self.body
        return Page("\n".join([*body, *lines, *source]), "\n".join([*rest, *self.more] if rest else []), here)


def sms_forms(parts: Parts, lines: Sequence[Line]) -> Iterator[Page]:
    """The reply in ever shorter forms.

    What gives way, in this order: the other answer that may be meant, the long form of the line on privacy, open
    questions and the later answers (MORE brings them), the question that heads the answer, the source's date, the
    source, the line on privacy, that there is more; at last the answer itself comes with MORE.
    """
    shrinking = list(parts.shrinking())
    every, one = shrinking[0], shrinking[-1]
    long = [line.text for line in lines]
    short = [line.short for line in lines]
    safe = [line.short for line in lines if line.name != PRIVACY]
    yield parts.page(every, long, parts.source)
    if len(every) == 2 and "\n" in parts.blocks[1]:
        yield parts.page(one, long, parts.source)
    for here in shrinking:
        yield parts.page(here, short, parts.source)
    bare = parts.bare()
    yield bare.page(one, short, bare.source)
    yield bare.page(one, short, [_DATE.sub("", s) for s in bare.source])
    yield bare.page(one, short, [])
    yield bare.page(one, safe, [])
    yield Page("\n".join([*(bare.blocks[i] for i in one), *bare.kept, *safe]), "", one)
    yield parts.page((), short, [])


def fits_page(page: Page) -> bool:
    """Whether the page is one SMS, with the words that bring the rest where there is any."""
    return fits(f"{page.text}\n{own_text('more', '')}" if page.rest else page.text)


def sms_messages(messages: Sequence[Message], lines: Sequence[Line]) -> list[Message]:
    """One message with the lines behind it, and another with what the channel sends on MORE."""
    texts = [numbered(plain(m["text"]), [b["title"] for b in m["buttons"]]) for m in messages]
    parts = Parts.of("\n".join(texts))
    page = first_fitting(sms_forms(parts, lines), fits_page)
    sources = [source for m in messages for source in m["sources"]]
    answers = [i for i, block in enumerate(parts.blocks) if not _OPEN.match(block)]
    if len(answers) != len(sources):
        answers = []  # which source is whose is not known: all stay with the first message
    later = [source for i, source in zip(answers, sources, strict=False) if i not in page.blocks]
    here = [source for source in sources if source not in later]
    first = {"text": page.text, "buttons": [b for m in messages for b in m["buttons"]], "sources": here}
    return [first, {"text": page.rest, "buttons": [], "sources": later}] if page.rest else [first]


def _blocks(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines, each question that heads an answer with what it heads."""
    out: list[str] = []
    for line in lines:
        if out and _HEADING.fullmatch(out[-1]):
            out[-1] = f"{out[-1]}\n{line}"
        else:
            out.append(line)
    return tuple(out)
