"""The real inbox on a free port, over invented requests, for the browser tests and the pictures in docs/."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import waitress
from playwright.sync_api import Page
from waitress import wasyncore

from bot.consult.clinics import Clinics
from bot.consult.keys import Keyring
from bot.consult.model import CONSENT_VERSION, SMS_CONSENT, Consent
from bot.consult.queue import StaffQueue
from bot.consult.store import ConsultStore
from tests.consult.fixtures import NOW, OLD_KEY, a_request
from tests.consult.inbox import PASSWORD, Clock, an_app, with_people

ZONES = Clinics.parse_obj({"clinics": {"north": {"timezone": "America/New_York"}}})
INVENTED: tuple[dict[str, Any], ...] = (
    {"name": "Ben Example", "phone": "+12125550134", "reason": "scheduling", "reason_text": "", "hours": 50},
    {"name": "Cleo Sample", "phone": None, "email": "cleo@example.com", "contact_method": "email",
     "reason": "preparation", "reason_text": "which medicines to stop", "contact_when": "any time", "hours": 20},
    {"name": "Dora Specimen", "phone": "+12125550156", "reason": "other", "reason_text": "", "hours": 5},
    {"name": "Ana Example", "phone": "+12125550123", "email": "ana@example.com", "contact_method": "text",
     "reason": "after", "reason_text": "still dizzy two days after the infusion", "contact_when": "tomorrow after 3 PM",
     "sms_consent": Consent(SMS_CONSENT, CONSENT_VERSION, NOW), "urgent": True, "history_consent": True,
     "history": ("how long does dizziness last after an infusion?", "can i drive the next day?"), "hours": 1},
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Where it is, and the ids of the requests by the patients' first names."""

    url: str
    ids: dict[str, str]

    def log_in(self, page: Page, username: str = "ada") -> None:
        """Through the page, as people do."""
        page.goto(f"{self.url}/inbox/login")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{self.url}/inbox/")

    def request(self, name: str) -> str:
        """Address of a patient's request."""
        return f"{self.url}/inbox/requests/{self.ids[name]}"


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """The inbox while the block runs."""
    store = ConsultStore(f"sqlite:///{folder / 'consult.sqlite3'}", Keyring.parse(OLD_KEY))
    with_people(store)
    clock = Clock()
    ids = {str(values["name"]).split()[0]: _add(store, values, clock.now) for values in INVENTED}
    queue = StaffQueue(store.database, actor="stan", clinics=("north",))
    queue.claim(ids["Cleo"])
    queue.set_status(ids["Cleo"], "contacted")
    queue.add_note(ids["Ana"], "Left a message on voicemail. Try again after 3 PM.")
    server = waitress.create_server(an_app(store, clock, clinics=ZONES), host="127.0.0.1", port=0, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.effective_port}", ids)
    finally:
        # in the loop's own thread: a socket closed under its select() would end that thread with an error
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(5)
        server.task_dispatcher.shutdown()
        store.database.engine.dispose()


def _add(store: ConsultStore, values: dict[str, Any], now: datetime) -> str:
    fields = {key: value for key, value in values.items() if key != "hours"}
    made = now - timedelta(hours=values["hours"])
    return store.add(a_request(conversation=str(values["name"]), created_at=made, **fields)).public_id
