"""For the tests of the inbox: an app over invented requests, people of each role, and how to log in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from bot.consult.inbox.app import create_app
from bot.consult.inbox.parts import Parts
from bot.consult.sessions import Sessions
from bot.consult.store import ConsultStore
from bot.consult.users import Users
from tests.consult.fixtures import NOW, a_full_request, a_request

PASSWORD = "a long invented password"
PEOPLE = {
    "vera": {"north": "viewer"},
    "stan": {"north": "staff"},
    "ada": {"north": "admin"},
    "sue": {"south": "admin"},
    "both": {"north": "viewer", "south": "admin"},
}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """The time that the inbox goes by."""

    def __init__(self) -> None:
        self.now = NOW + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


def with_people(store: ConsultStore) -> None:
    """Add the people above."""
    users = Users(store.database, hasher=CHEAP)
    for name, roles in PEOPLE.items():
        users.add(name, PASSWORD, roles, actor="test")


def an_app(store: ConsultStore, clock: Clock, **changes: Any) -> Flask:
    """The inbox of a store that has them."""
    users = Users(store.database, hasher=CHEAP)
    names = {"north": "North Clinic", "south": "South Clinic"}
    values: dict[str, Any] = {"secure": False, "names": names, "now": clock} | changes
    return create_app(Parts(database=store.database, users=users, sessions=Sessions(store.database, users), **values))


def some_requests(store: ConsultStore) -> dict[str, str]:
    """Ids of an urgent one with all fields and an old one in the north, and one in the south."""
    old = NOW - timedelta(days=3)
    return {
        "full": store.add(a_full_request()).public_id,
        "old": store.add(
            a_request(conversation="c2", name="Ben Example", phone="+12125550134", created_at=old)
        ).public_id,
        "south": store.add(a_request(conversation="c3", clinic="south", name="Cleo Example")).public_id,
    }


def token(page: str) -> str:
    """The token against forgery of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def log_in(client: FlaskClient, username: str, password: str = PASSWORD) -> Any:
    """Log in as a browser does; the response."""
    page = client.get("/inbox/login").text
    return client.post("/inbox/login", data={"username": username, "password": password, "csrf_token": token(page)})


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Post a form of the queue's page."""
    return client.post(path, data={"csrf_token": token(client.get("/inbox/").text), **fields})
