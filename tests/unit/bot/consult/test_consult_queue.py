"""What staff do with requests: what they find, change and may not see, each with its row in the audit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from bot.consult import audit
from bot.consult.errors import AlreadyClaimedError, InvalidFieldError, UnknownRequestError
from bot.consult.filters import Filter
from bot.consult.queue import StaffQueue
from bot.consult.store import ConsultStore
from bot.consult.tables import AUDIT
from tests.consult.fixtures import EMAIL, NOW, a_request


def as_ana(store: ConsultStore, *clinics: str) -> StaffQueue:
    """Ana, who sees these clinics, or all."""
    return StaffQueue(store.database, actor="ana", clinics=clinics or None)


def actions(store: ConsultStore, actor: str = "ana") -> list[str]:
    """What the audit says that somebody did, oldest first."""
    return [row.action for row in reversed(audit.trail(store.database)) if row.actor == actor]


@pytest.fixture
def three(store: ConsultStore) -> dict[str, str]:
    """Three requests by the name of the patient: two in the north, one of them urgent, and one in the south."""
    return {
        "ana": store.add(a_request(form_run="1")).public_id,
        "bo": store.add(
            a_request(form_run="2", name="Bo Example", phone="+12125550124", urgent=True, created_at=NOW - timedelta(1))
        ).public_id,
        "cy": store.add(
            a_request(
                form_run="3", name="Cy Example", clinic="south", phone=None, email=EMAIL, contact_method="email",
                created_at=NOW - timedelta(days=9),
            )
        ).public_id,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (Filter(), "bo ana cy"),
        (Filter(clinic="north"), "bo ana"),
        (Filter(clinic="nowhere"), ""),
        (Filter(status="new"), "bo ana cy"),
        (Filter(status="closed"), ""),
        (Filter(urgent=True), "bo"),
        (Filter(urgent=False), "ana cy"),
        (Filter(assignee=""), "bo ana cy"),
        (Filter(assignee="ana"), ""),
        (Filter(overdue_at=NOW + timedelta(minutes=1)), "bo cy"),
        (Filter(search="(212) 555-0123"), "ana"),
        (Filter(search="ANA@example.com"), "cy"),
        (Filter(search="no such thing"), ""),
    ],
)
def test_requests_are_found_urgent_first_then_newest(
    store: ConsultStore, three: dict[str, str], chosen: Filter, names: str
) -> None:
    found = as_ana(store).list(chosen)
    assert [r.public_id for r in found] == [three[name] for name in names.split()]
    assert as_ana(store).count(chosen) == len(found)


def test_a_request_is_found_by_its_id_in_small_letters(store: ConsultStore, three: dict[str, str]) -> None:
    assert [r.latest.name for r in as_ana(store).list(Filter(search=three["bo"].lower()))] == ["Bo Example"]
    assert as_ana(store).get(three["bo"].lower()).latest.name == "Bo Example"


def test_part_of_a_name_is_found_page_by_page(store: ConsultStore, three: dict[str, str]) -> None:
    queue = as_ana(store)
    assert [r.public_id for r in queue.list(Filter(), name="CY ex")] == [three["cy"]]
    assert [r.public_id for r in queue.list(Filter(), name="example", limit=1, offset=1)] == [three["ana"]]
    assert queue.list(Filter(), name="zoe") == ()


def test_pages_are_cut(store: ConsultStore, three: dict[str, str]) -> None:
    assert [r.public_id for r in as_ana(store).list(Filter(), limit=1, offset=2)] == [three["cy"]]


def test_of_another_clinic_nothing_is_seen_or_changed(store: ConsultStore, three: dict[str, str]) -> None:
    north = as_ana(store, "north")
    assert {r.clinic for r in north.list(Filter())} == {"north"}
    assert north.list(Filter(clinic="south")) == () == north.list(Filter(search=three["cy"]))
    assert north.export(Filter(), form="csv") == north.list(Filter())
    assert StaffQueue(store.database, actor="nobody", clinics=()).list(Filter()) == ()
    for call in (north.get, north.claim, north.release):
        with pytest.raises(UnknownRequestError):
            call(three["cy"])
    with pytest.raises(UnknownRequestError):
        north.set_status(three["cy"], "closed")
    with pytest.raises(UnknownRequestError):
        north.add_note(three["cy"], "mine")
    untouched = as_ana(store).get(three["cy"])
    assert (untouched.status, untouched.assignee, untouched.notes) == ("new", None, ())


def test_a_claimed_request_is_nobody_elses_until_released(store: ConsultStore, three: dict[str, str]) -> None:
    ana, bo = as_ana(store), StaffQueue(store.database, actor="bo", clinics=None)
    ana.claim(three["ana"])
    ana.claim(three["ana"])
    with pytest.raises(AlreadyClaimedError, match="is with ana"):
        bo.claim(three["ana"])
    ana.release(three["ana"])
    bo.claim(three["ana"])
    assert bo.get(three["ana"]).assignee == "bo"


def test_a_status_has_its_times(store: ConsultStore, three: dict[str, str]) -> None:
    queue, before = as_ana(store), datetime.now(timezone.utc)
    queue.set_status(three["ana"], "contacted")
    first = queue.get(three["ana"])
    assert first.contacted_at is not None and before <= first.contacted_at <= first.updated_at
    queue.set_status(three["ana"], "closed")
    closed = queue.get(three["ana"])
    assert closed.closed_at is not None and closed.contacted_at == first.contacted_at
    queue.set_status(three["ana"], "contacted")
    again = queue.get(three["ana"])
    assert again.closed_at is None and again.contacted_at == first.contacted_at
    assert not again.overdue(NOW + timedelta(days=99))
    with pytest.raises(InvalidFieldError, match="new, contacted, scheduled, closed, unreachable, spam"):
        queue.set_status(three["ana"], "done")


def test_notes_are_kept_in_order_and_sealed(store: ConsultStore, three: dict[str, str]) -> None:
    queue = as_ana(store)
    queue.add_note(three["ana"], " left a message ")
    queue.add_note(three["ana"], "called again")
    assert [(n.author, n.text) for n in queue.get(three["ana"]).notes] == [
        ("ana", "left a message"),
        ("ana", "called again"),
    ]
    assert "message" not in repr(queue.get(three["ana"]).notes)
    with pytest.raises(InvalidFieldError):
        queue.add_note(three["ana"], "  ")


def test_check_25_each_view_change_and_export_adds_audit_rows(store: ConsultStore, three: dict[str, str]) -> None:
    queue = as_ana(store)
    queue.list(Filter())
    queue.get(three["ana"])
    queue.claim(three["ana"])
    queue.set_status(three["ana"], "contacted")
    queue.add_note(three["ana"], "left a message for Ana Example")
    queue.release(three["ana"])
    queue.export(Filter(clinic="south"), form="csv")
    assert actions(store) == ["list", "view", "claim", "status", "note", "release", "export", "export"]
    assert actions(store, "patient") == ["created"] * 3
    rows = audit.trail(store.database)
    assert {row.public_id for row in rows if row.action == "view"} == {three["ana"]}
    assert [row.detail for row in rows if row.action == "status"] == ["new to contacted"]
    assert all(public_id in next(r.detail for r in rows if r.action == "list") for public_id in three.values())
    assert "Example" not in repr(rows)
    assert [row.public_id for row in audit.trail(store.database, public_id=three["cy"], limit=1)] == [three["cy"]]
    assert {row.clinic for row in audit.trail(store.database, clinic="south")} == {"south"}


def test_check_25_audit_rows_cannot_be_changed_or_deleted(store: ConsultStore, three: dict[str, str]) -> None:
    before = audit.trail(store.database)
    statements = [update(AUDIT).values(actor="somebody else"), delete(AUDIT)]
    for statement in statements:
        with pytest.raises(DatabaseError, match="audit rows cannot be changed"), store.database.engine.begin() as raw:
            raw.execute(statement)
    if not store.database.sqlite:
        with pytest.raises(DatabaseError, match="audit rows cannot be changed"), store.database.engine.begin() as raw:
            raw.exec_driver_sql("TRUNCATE consult_audit")
    assert audit.trail(store.database) == before
