"""The search as a server holds it: loads the current index, and changes to a newer one while it serves."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from knowledge.encoder import Encoder
from knowledge.errors import IndexUnusableError
from knowledge.search import Search
from knowledge.store import current_id, load

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0


class KnowledgeService:
    """Hands out the search over the newest usable index.

    A new index is loaded in a thread of its own and swapped in whole; one that cannot be used is reported
    in the log and the old one goes on serving.
    """

    def __init__(self, root: Path, encoder: Encoder) -> None:
        """Load the current index under `root`. Raises IndexUnusableError: no server starts without one."""
        self._root = root
        self._encoder = encoder
        self._search, self.identifier = self._load()
        self._checked = time.monotonic()
        self._loading = threading.Lock()

    def search(self) -> Search:
        """The search to use for this turn; looks for a newer index at most once in CHECK_SECONDS."""
        now = time.monotonic()
        if now - self._checked >= CHECK_SECONDS:
            self._checked = now
            self._refresh()
        return self._search

    def _refresh(self) -> None:
        try:
            newest = current_id(self._root)
        except IndexUnusableError as error:
            logger.error("the index vanished, the one in memory goes on serving: %s", error)
            return
        if newest != self.identifier and self._loading.acquire(blocking=False):
            threading.Thread(target=self._swap, name="load-index", daemon=True).start()

    def _swap(self) -> None:
        try:
            self._search, self.identifier = self._load()
            logger.info("now serving index %s", self.identifier)
        except IndexUnusableError as error:
            logger.error("the new index cannot be used, the old one goes on serving: %s", error)
        finally:
            self._loading.release()

    def _load(self) -> tuple[Search, str]:
        identifier = current_id(self._root)
        index = load(self._root, encoder_fingerprint=self._encoder.fingerprint)
        search = Search(index, self._encoder)
        for clinic in index.clinics:
            search.understand("how long does it take?", clinic)  # first use is slow: not a patient's
            break
        return search, identifier
