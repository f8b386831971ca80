"""What the actions share: the search and the consult store, made once when first used."""

from __future__ import annotations

from functools import cache

from bot.consult.store import ConsultStore
from bot.settings import settings
from knowledge.encoder import OnnxEncoder
from knowledge.service import KnowledgeService


@cache
def knowledge_service() -> KnowledgeService:
    """The search over the built index. Raises IndexUnusableError or EncoderError where there is none."""
    chosen = settings()
    return KnowledgeService(chosen.index_dir, OnnxEncoder(chosen.encoder_dir))


@cache
def consult_store() -> ConsultStore:
    """The store of consult requests."""
    return ConsultStore(settings().consult_url)
