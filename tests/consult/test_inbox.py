"""The staff inbox as a browser meets it: who gets in, who sees and may do what, and what is written down."""

from __future__ import annotations

import csv
import io
import json
import logging
import shutil
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from bot.consult.audit import trail
from bot.consult.errors import ConsultError
from bot.consult.keys import Keyring
from bot.consult.queue import StaffQueue
from bot.consult.store import ConsultStore
from tests.consult.fixtures import EMAIL, OLD_KEY, PHONE, a_request
from tests.consult.inbox import Clock, an_app, log_in, post, some_requests, token, with_people


@pytest.fixture
def clock() -> Clock:
    """The inbox's time."""
    return Clock()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with tables and people, made once."""
    file = tmp_path_factory.mktemp("prepared") / "consult.sqlite3"
    store = ConsultStore(f"sqlite:///{file}", Keyring.parse(OLD_KEY))
    with_people(store)
    store.database.compact()
    store.database.engine.dispose()
    return file


@pytest.fixture
def small(prepared: Path, tmp_path: Path, keys: Keyring) -> Iterator[ConsultStore]:
    """A store in a copy of it."""
    file = tmp_path / "consult.sqlite3"
    shutil.copy(prepared, file)
    store = ConsultStore(f"sqlite:///{file}", keys)
    yield store
    store.database.engine.dispose()


@pytest.fixture
def app(small: ConsultStore, clock: Clock) -> Flask:
    """The inbox over it."""
    return an_app(small, clock)


@pytest.fixture
def ids(small: ConsultStore) -> dict[str, str]:
    """Ids of invented requests."""
    return some_requests(small)


def client(app: Flask, username: str) -> FlaskClient:
    """A browser in which somebody is logged in."""
    browser = app.test_client()
    assert log_in(browser, username).status_code == 302
    return browser


def actions(store: ConsultStore, actor: str) -> list[tuple[str, str | None]]:
    """What somebody did, oldest first."""
    return [(row.action, row.public_id) for row in reversed(trail(store.database)) if row.actor == actor]


# Getting in


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/requests/ABCDEFGH"])
def test_without_log_in_every_page_leads_to_the_log_in_and_back(app: Flask, path: str) -> None:
    reply = app.test_client().get(path)
    assert (reply.status_code, reply.location) == (302, f"/inbox/login?next={path}")


@pytest.mark.parametrize("path", ["/inbox/search", "/inbox/export/csv", "/inbox/requests/ABCDEFGH/erase"])
def test_without_log_in_no_form_is_taken(app: Flask, path: str) -> None:
    browser = app.test_client()
    reply = browser.post(path, data={"csrf_token": token(browser.get("/inbox/login").text)})
    assert (reply.status_code, reply.location) == (302, "/inbox/login")


def test_a_link_on_a_foreign_page_is_opened_again_from_here_and_ends_no_session(app: Flask) -> None:
    reply = app.test_client().get("/inbox/requests/ABCDEFGH", headers={"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/inbox/requests/ABCDEFGH">' in reply.text
    assert "Set-Cookie" not in reply.headers


def test_the_log_in_leads_to_the_page_that_was_wanted_but_never_away(app: Flask) -> None:
    goals = {
        "/inbox/requests/ABCDEFGH": "/inbox/requests/ABCDEFGH",
        "https://example.org/inbox/": "/inbox/",
        "//example.org/inbox/": "/inbox/",
        "/inbox/\\example.org": "/inbox/",
        "/elsewhere": "/inbox/",
    }
    for goal, leads_to in goals.items():
        browser = app.test_client()
        page = browser.get("/inbox/login", query_string={"next": goal})
        fields = {"username": "ada", "password": "a long invented password", "csrf_token": token(page.text)}
        assert browser.post("/inbox/login", query_string={"next": goal}, data=fields).location == leads_to


def test_a_wrong_password_is_refused_and_five_lock_the_account(app: Flask, clock: Clock) -> None:
    browser = app.test_client()
    for _ in range(5):
        reply = log_in(browser, "ada", "not the password")
        assert reply.status_code == 401
        assert "The name or the password is wrong." in reply.text
    assert "Too many wrong passwords" in log_in(browser, "ada").text
    clock.now += timedelta(minutes=16)
    assert log_in(browser, "ada").status_code == 302


def test_a_session_that_is_not_used_ends_after_half_an_hour(app: Flask, clock: Clock) -> None:
    browser = client(app, "ada")
    clock.now += timedelta(minutes=31)
    assert browser.get("/inbox/").status_code == 302


def test_a_session_that_is_used_goes_on_for_twelve_hours_and_no_longer(app: Flask, clock: Clock) -> None:
    browser, begin = client(app, "ada"), clock.now
    while clock.now - begin < timedelta(hours=12):
        assert browser.get("/inbox/").status_code == 200
        clock.now += timedelta(minutes=29)
    assert browser.get("/inbox/").status_code == 302


def test_after_log_out_the_old_cookie_opens_nothing(app: Flask) -> None:
    browser = client(app, "ada")
    cookie = browser.get_cookie("faqbot-inbox")
    assert cookie is not None
    post(browser, "/inbox/logout")
    browser.set_cookie("faqbot-inbox", cookie.value)
    assert browser.get("/inbox/").status_code == 302


def test_a_disabled_account_is_out_at_once(app: Flask, small: ConsultStore) -> None:
    from bot.consult.users import Users
    from tests.consult.inbox import CHEAP

    browser = client(app, "ada")
    Users(small.database, hasher=CHEAP).disable("ada", actor="test")
    assert browser.get("/inbox/").status_code == 302


def test_a_post_without_the_token_or_with_another_sessions_is_refused(app: Flask, ids: dict[str, str]) -> None:
    browser, path = client(app, "ada"), f"/inbox/requests/{ids['full']}/claim"
    foreign = token(client(app, "stan").get("/inbox/").text)
    assert browser.post(path).status_code == 400
    assert browser.post(path, data={"csrf_token": foreign}).status_code == 400


def test_the_cookie_is_strict_and_the_pages_are_locked_down(small: ConsultStore, clock: Clock) -> None:
    browser = an_app(small, clock, secure=True).test_client()
    reply = browser.get("/inbox/login", base_url="https://inbox.example.org")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("__Host-faqbot-inbox=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert reply.headers["X-Frame-Options"] == "DENY"


# Who sees and may do what


def test_people_see_the_requests_of_their_clinics_only(app: Flask, ids: dict[str, str]) -> None:
    for name, sees in (("stan", {"full", "old"}), ("sue", {"south"}), ("both", {"full", "old", "south"})):
        browser = client(app, name)
        page = browser.get("/inbox/").text
        assert {key for key, public_id in ids.items() if public_id in page} == sees
        for key, public_id in ids.items():
            status = browser.get(f"/inbox/requests/{public_id}").status_code
            assert status == (200 if key in sees else 404)


def test_another_clinics_request_cannot_be_changed_or_filtered_for(app: Flask, ids: dict[str, str]) -> None:
    browser = client(app, "sue")
    for action in ("claim", "release", "status", "notes", "erase"):
        assert post(browser, f"/inbox/requests/{ids['full']}/{action}", sure="y").status_code == 404
    assert browser.get("/inbox/?clinic=north").status_code == 404
    assert post(browser, "/inbox/export/csv?clinic=north").status_code == 404


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("vera", set()), ("stan", {"claim", "release", "status", "notes"}),
     ("ada", {"claim", "release", "status", "notes", "erase"})],
)  # fmt: skip
def test_a_role_may_do_its_own_things_and_no_more(
    app: Flask, ids: dict[str, str], name: str, allowed: set[str]
) -> None:
    browser, page = client(app, name), f"/inbox/requests/{ids['full']}"
    fields = {"status": "contacted", "text": "called", "sure": "y"}
    for action in ("claim", "release", "status", "notes", "erase"):
        assert post(browser, f"{page}/{action}", **fields).status_code == (302 if action in allowed else 403)


def test_staff_take_a_request_set_its_status_and_write_notes(app: Flask, ids: dict[str, str]) -> None:
    browser, page = client(app, "stan"), f"/inbox/requests/{ids['full']}"
    for action, fields in (
        ("claim", {}),
        ("status", {"status": "contacted"}),
        ("notes", {"text": "<b>left a message"}),
    ):
        reply = post(browser, f"{page}/{action}", **fields)
        assert (reply.status_code, reply.location) == (302, page)
    shown = browser.get(page).text
    assert "Give it back" in shown
    assert "&lt;b&gt;left a message" in shown
    assert "new to contacted" in shown
    ada = client(app, "ada")
    assert "A colleague has this request already." in ada.get(post(ada, f"{page}/claim").location).text


def test_a_bad_status_or_an_empty_note_changes_nothing(app: Flask, ids: dict[str, str], small: ConsultStore) -> None:
    browser, page = client(app, "stan"), f"/inbox/requests/{ids['full']}"
    assert post(browser, f"{page}/status", status="lost").status_code == 400
    reply = post(browser, f"{page}/notes", text="   ")
    assert (reply.status_code, "A note needs words." in reply.text) == (400, True)
    assert {action for action, _ in actions(small, "stan")} == {"login", "list", "view"}


def test_the_request_page_shows_what_the_patient_sent_and_agreed_to(app: Flask, ids: dict[str, str]) -> None:
    browser = client(app, "vera")
    full = browser.get(f"/inbox/requests/{ids['full']}").text
    for shown in (
        "Ana Example",
        'href="tel:+12125550123">(212) 555-0123<',
        EMAIL,
        "by text message",
        "how much is it?",
    ):
        assert shown in full
    assert "Do not text" not in full
    old = browser.get(f"/inbox/requests/{ids['old']}").text
    assert "Do not text" in old
    assert "The patient did not agree to show it." in old


def test_filters_and_marks(app: Flask, ids: dict[str, str]) -> None:
    browser = client(app, "stan")
    post(browser, f"/inbox/requests/{ids['full']}/claim")
    for query, sees in {
        "urgent=y": {"full"},
        "overdue=y": {"old"},
        "assignee=me": {"full"},
        "assignee=nobody": {"old"},
        "assignee=ada": set(),
        "status=closed": set(),
        "status=new&clinic=north": {"full", "old"},
    }.items():
        page = browser.get(f"/inbox/?{query}").text
        assert {key for key, public_id in ids.items() if public_id in page} == sees, query
    page = browser.get("/inbox/").text
    assert "1 request is overdue" in page
    assert page.count('class="mark urgent"') == page.count('class="mark overdue"') == 1


@pytest.mark.parametrize(
    ("words", "sees"),
    [("(212) 555-0123", {"full"}), (EMAIL, {"full"}), ("ben EX", {"old"}), ("example", {"full", "old"}),
     ("Cleo", set()), ("+1 212 555 0199", set())],
)  # fmt: skip
def test_search_by_contact_and_by_name(app: Flask, ids: dict[str, str], words: str, sees: set[str]) -> None:
    page = post(client(app, "stan"), "/inbox/search", words=words).text
    assert {key for key, public_id in ids.items() if public_id in page} == sees


def test_search_by_id_in_small_letters_and_by_a_name_that_looks_like_an_id(
    app: Flask, ids: dict[str, str], small: ConsultStore
) -> None:
    browser = client(app, "stan")
    page = post(browser, "/inbox/search", words=f" {ids['old'].lower()} ").text
    assert (ids["old"] in page, ids["full"] in page) == (True, False)
    named = small.add(a_request(conversation="c9", name="Barbaras", phone="+12125550177")).public_id
    assert named in post(browser, "/inbox/search", words="barbaras").text


def test_what_is_searched_for_never_stands_in_an_address(app: Flask, ids: dict[str, str]) -> None:
    browser = client(app, "stan")
    page = post(browser, "/inbox/search?status=new", words=PHONE).text
    assert f'value="{PHONE}"' in page
    assert "words=" not in page
    assert ids["full"] not in browser.get("/inbox/?urgent=y&overdue=y&words=Ana").text


def test_pages_of_the_queue_and_of_a_search(app: Flask, small: ConsultStore) -> None:
    for n in range(27):
        small.add(a_request(conversation=f"p{n}", phone=f"+1212555{100 + n:04}", name=f"Paged {n}"))
    browser = client(app, "stan")
    assert 'href="/inbox/?page=2"' in browser.get("/inbox/").text
    last = browser.get("/inbox/?page=2").text
    assert last.count("<li class=") == 2
    assert "page=3" not in last
    assert post(browser, "/inbox/search", words="paged", page="2").text.count("<li class=") == 2
    assert browser.get("/inbox/?page=x").text.count("<li class=") == 25


def test_erasing_wants_a_tick_and_then_takes_all_of_the_patient_at_this_clinic(
    small: ConsultStore, clock: Clock, ids: dict[str, str]
) -> None:
    small.add(a_request(conversation="c7", clinic="south"))
    forgotten: list[str] = []
    browser = client(an_app(small, clock, forget=forgotten.extend), "ada")
    path = f"/inbox/requests/{ids['full']}/erase"
    assert "Please tick the box to erase." in post(browser, path).text
    assert small.count() == 3
    assert "Erased: 1 request of this patient." in browser.get(post(browser, path, sure="y").location).text
    assert small.count() == 2
    assert forgotten == ["conversation-1"]
    assert browser.get(f"/inbox/requests/{ids['full']}").status_code == 404


def test_requests_whose_conversations_cannot_be_erased_stay(
    small: ConsultStore, clock: Clock, ids: dict[str, str]
) -> None:
    def fails(conversations: Collection[str]) -> None:
        raise ConsultError("the tracker's database is away")

    browser = client(an_app(small, clock, forget=fails), "ada")
    before = small.count()
    assert post(browser, f"/inbox/requests/{ids['full']}/erase", sure="y").status_code == 503
    assert small.count() == before


def test_fhir_export_parses(app: Flask, ids: dict[str, str]) -> None:
    reply = post(client(app, "ada"), "/inbox/export/fhir")
    assert reply.content_type == "application/fhir+json"
    kinds = [entry.resource.resource_type for entry in Bundle.parse_obj(json.loads(reply.data)).entry]
    assert kinds == ["Task", "QuestionnaireResponse"] * 2


def test_an_export_holds_the_clinics_where_the_person_may_export(app: Flask, ids: dict[str, str]) -> None:
    browser = client(app, "both")
    assert post(browser, "/inbox/export/csv?clinic=north").status_code == 403
    exported = post(browser, "/inbox/export/csv").text
    assert (ids["south"] in exported, ids["full"] in exported) == (True, False)
    assert post(browser, "/inbox/export/pdf").status_code == 404


# Checks


def test_check_25_each_view_change_and_export_adds_an_audit_row_that_cannot_be_changed(
    app: Flask, ids: dict[str, str], small: ConsultStore
) -> None:
    browser, one = client(app, "ada"), ids["full"]
    page = f"/inbox/requests/{one}"
    done: list[tuple[str, str | None]] = [("login", None)]

    def then(reply: Any, *more: tuple[str, str | None]) -> None:
        assert reply.status_code in (200, 302)
        done.extend(more)
        assert actions(small, "ada") == done

    def send(path: str, **fields: Any) -> Any:
        return browser.post(path, data={"csrf_token": forged, **fields})

    reply = browser.get("/inbox/")
    forged = token(reply.text)
    then(reply, ("list", None))
    then(send("/inbox/search", words=PHONE), ("list", None))
    then(browser.get(page), ("view", one))
    then(send(f"{page}/claim"), ("claim", one))
    then(send(f"{page}/release"), ("release", one))
    then(send(f"{page}/status", status="scheduled"), ("status", one))
    then(send(f"{page}/notes", text="called"), ("note", one))
    then(send("/inbox/export/csv?urgent=y"), ("export", None), ("export", one))
    then(send("/inbox/export/fhir?urgent=y"), ("export", None), ("export", one))
    before = trail(small.database)
    for change in ("UPDATE consult_audit SET actor = 'nobody'", "DELETE FROM consult_audit"):
        with pytest.raises(ConsultError), small.database.write() as connection:
            connection.execute(text(change))
    assert trail(small.database) == before


@pytest.mark.parametrize("name", ["vera", "stan"])
@pytest.mark.parametrize("form", ["csv", "fhir"])
def test_check_25_a_viewer_gets_403_on_export(
    app: Flask, ids: dict[str, str], small: ConsultStore, name: str, form: str
) -> None:
    browser = client(app, name)
    reply = post(browser, f"/inbox/export/{form}")
    assert (reply.status_code, "Ana Example" in reply.text) == (403, False)
    assert "You may not do this" in reply.text
    assert "Export" not in browser.get("/inbox/").text
    assert ("export", None) not in actions(small, name)


def test_check_25_a_cell_that_begins_like_a_formula_is_escaped(app: Flask, small: ConsultStore) -> None:
    evil = '=HYPERLINK("http://example.org","a")'
    small.add(a_request(name=f"={'Ana'}", reason_text=evil, contact_when="@noon"))
    reply = post(client(app, "ada"), "/inbox/export/csv")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="consult-requests-2026-11-24.csv"'
    (row,) = csv.DictReader(io.StringIO(reply.text))
    assert (row["name"], row["words"], row["when"]) == ("'=Ana", f"'{evil}", "'@noon")
    assert row["phone"] == f"'{PHONE}"


def test_check_24_no_log_of_the_inbox_has_a_name_phone_or_email_not_even_when_it_breaks(
    app: Flask, ids: dict[str, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    browser, page = client(app, "ada"), f"/inbox/requests/{ids['full']}"
    for words in (PHONE, EMAIL, "Ana Example"):
        post(browser, "/inbox/search", words=words)
    post(browser, f"{page}/notes", text=f"Ana Example at {PHONE}")
    post(browser, "/inbox/export/csv")
    canary = f"Ana Example {PHONE} {EMAIL}"

    def broken(*_: object) -> None:
        raise ValueError(canary)

    monkeypatch.setattr(StaffQueue, "get", broken)
    reply = browser.get(page)
    assert reply.status_code == 500
    assert "Something went wrong" in reply.text
    assert "ValueError in" in caplog.text
    for personal in ("Ana", "Example", "212", "555", "0123", EMAIL):
        assert personal not in caplog.text.replace(ids["full"], "")
        assert personal not in reply.text


def test_a_database_that_is_away_is_told_as_such(
    app: Flask, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client(app, "ada")

    def away(*_: object, **__: object) -> None:
        raise ConsultError("the consult database failed (OperationalError)")

    monkeypatch.setattr(StaffQueue, "list", away)
    reply = browser.get("/inbox/")
    assert (reply.status_code, "The database cannot be reached" in reply.text) == (503, True)
