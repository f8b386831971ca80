"""The search as a server holds it: loads the current index, and changes to a newer one while it serves."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from knowledge.encoder import Encoder
from knowledge.errors import IndexUnusableError
from knowledge.search import Search
from knowledge.store import current_id, load

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
FIRST = "My back hurts. How long does it take, and what does it cost?"  # every part of the search reads it


class KnowledgeService:
    """Hands out the search over the newest usable index.

    A new index is loaded in a thread of its own and swapped in whole; one that cannot be used is reported
    in the log and the old one goes on serving.
    """

    def __init__(self, root: Path, encoder: Encoder, *, serves: Callable[[str], object] | None = None) -> None:
        """Load the current index under `root`; `serves` is called with the id of each that is served from then on.

        Raises IndexUnusableError: no server starts without one.
        """
        self._serves = serves
        self._root = root
        self._encoder = encoder
        self._search, self.identifier = self._load()
        self._fault = ""
        threading.Thread(target=_watch, args=(weakref.ref(self),), name="watch-index", daemon=True).start()

    def search(self) -> Search:
        """The search to use for this turn."""
        return self._search

    def refresh(self) -> None:
        """Change to the current index if it is another one and usable; a fault is logged once."""
        fault = ""
        try:
            if current_id(self._root) != self.identifier:
                self._search, self.identifier = self._load()
                logger.info("now serving index %s", self.identifier)
        except IndexUnusableError as error:
            fault = str(error)
            if fault != self._fault:
                logger.error("the current index cannot be used, the one in memory goes on serving: %s", fault)
        except Exception as error:  # whatever it was: ended, the watch would serve old answers until a restart
            fault = repr(error)
            if fault != self._fault:
                logger.exception("the current index cannot be used, the one in memory goes on serving")
        self._fault = fault

    def _load(self) -> tuple[Search, str]:
        identifier = current_id(self._root)
        index = load(self._root, encoder_fingerprint=self._encoder.fingerprint)
        search = Search(index, self._encoder)
        for clinic in index.clinics:
            search.understand(FIRST, clinic)  # first use is slow: not a patient's
            break
        if self._serves is not None:
            self._serves(identifier)
        return search, identifier


def _watch(service: weakref.ref[KnowledgeService]) -> None:
    """Look for a newer index once in CHECK_SECONDS, for as long as the service is in use."""
    while True:
        time.sleep(CHECK_SECONDS)
        held = service()
        if held is None:
            return
        held.refresh()
        del held
