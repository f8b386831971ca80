"""What the actions share: the search and the consult store, made once when first used."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from bot.consult.clinics import Clinics
from bot.consult.store import ConsultStore
from bot.consult_setup import clinics, open_store, provide_key_file
from bot.settings import settings
from bot.watch.record import version
from knowledge.encoder import OnnxEncoder
from knowledge.recent import RecentEncoder, unpack
from knowledge.search import Search
from knowledge.service import KnowledgeService
from knowledge.text import prepare


@cache
def knowledge_service() -> KnowledgeService:
    """The search over the built index. Raises IndexUnusableError or EncoderError where there is none."""
    return KnowledgeService(settings().index_dir, encoder(), serves=partial(version, "index"))


@cache
def encoder() -> RecentEncoder:
    """The encoder of the search. Raises EncoderError where there is none."""
    return RecentEncoder(OnnxEncoder(settings().encoder_dir))


def take_over(search: Search, text: str, clinic: str, packed: Mapping[str, str]) -> None:
    """Take over the vector of a message that Rasa's process has made (`bot.channels.mends.calling`).

    Nothing is to be done where the message was searched ahead.
    """
    if packed and not search.knows(text, clinic) and (vector := unpack(packed, encoder().fingerprint)) is not None:
        encoder().give(prepare(text), vector)


@cache
def consult_store() -> ConsultStore:
    """The store of consult requests. Raises ConsultError where database or keys cannot be used."""
    provide_key_file(settings())  # for a plain `rasa run actions`
    return open_store(settings())


@cache
def consult_clinics() -> Clinics:
    """The clinics' opening hours and time zones. Raises SettingsError for a bad file."""
    return clinics(settings())
