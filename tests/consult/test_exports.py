"""Checks 21 and 25: exports that other programs read, and that a spreadsheet does not run."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.task import Task

from bot.consult.export_csv import COLUMNS, csv_of, escaped
from bot.consult.export_fhir import STATUS, fhir_of
from bot.consult.filters import STATUSES, Filter
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest
from bot.consult.store import ConsultStore
from tests.consult.fixtures import EMAIL, NOW, PHONE, a_full_request, a_request


@pytest.fixture
def exported(store: ConsultStore) -> tuple[StoredRequest, ...]:
    """Two requests, urgent one first: it has two submissions, a note and an assignee."""
    public_id = store.add(a_full_request()).public_id
    store.add(a_full_request(form_run="2", created_at=NOW + timedelta(hours=1), reason_text="=2+2 or so"))
    store.add(a_request(form_run="3", clinic="south", name="@Bo"))
    queue = StaffQueue(store.database, actor="ana", clinics=None)
    queue.claim(public_id)
    queue.set_status(public_id, "contacted")
    queue.add_note(public_id, "left a message")
    return queue.export(Filter(), form="fhir")


def test_check_21_the_fhir_export_parses_as_r4b_and_as_r5(exported: tuple[StoredRequest, ...]) -> None:
    text = fhir_of(exported)
    for bundle in (BundleR4B.parse_raw(text), BundleR5.parse_raw(text)):
        kinds = [entry.resource.resource_type for entry in bundle.entry]
        assert kinds == ["Task", "QuestionnaireResponse", "QuestionnaireResponse", "Task", "QuestionnaireResponse"]


def test_check_21_task_and_answers_hold_the_request(exported: tuple[StoredRequest, ...]) -> None:
    bundle = BundleR4B.parse_raw(fhir_of(exported))
    task, first, second = (entry.resource for entry in bundle.entry[:3])
    assert isinstance(task, Task) and isinstance(first, QuestionnaireResponse)
    assert task.identifier[0].value == exported[0].public_id
    assert (task.status, task.priority, task.owner.display) == ("in-progress", "urgent", "ana")
    assert task.note[0].text == "left a message"
    urls = [entry.fullUrl for entry in bundle.entry]
    assert [i.valueReference.reference for i in task.input] == urls[1:3]
    assert task.focus.reference == urls[2]
    assert len(set(urls)) == len(urls)
    answers = {item.linkId: [a.valueString for a in item.answer] for item in second.item}
    assert answers["name"] == ["Ana Example"]
    assert (answers["phone"], answers["email"]) == ([PHONE], [EMAIL])
    assert answers["reason-text"] == ["=2+2 or so"]
    assert answers["history"][0] == "how much is it?"


def test_check_21_every_status_has_one_of_fhir(store: ConsultStore) -> None:
    assert set(STATUS) == set(STATUSES)
    public_id = store.add(a_request()).public_id
    queue = StaffQueue(store.database, actor="ana", clinics=None)
    for status in STATUSES:
        queue.set_status(public_id, status)
        bundle = BundleR4B.parse_raw(fhir_of(queue.export(Filter(), form="fhir")))
        assert bundle.entry[0].resource.businessStatus.text == status


def test_check_21_the_same_request_has_the_same_ids_in_each_export(exported: tuple[StoredRequest, ...]) -> None:
    assert fhir_of(exported) == fhir_of(exported)


def test_check_21_an_export_of_nothing_parses() -> None:
    assert BundleR4B.parse_raw(fhir_of(())).entry is None
    assert json.loads(fhir_of(()))["type"] == "collection"


def test_check_25_csv_cells_that_a_spreadsheet_would_run_are_escaped(exported: tuple[StoredRequest, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_of(exported), newline="")))
    assert [row["words"] for row in rows] == ["the price of a series", "'=2+2 or so", "the price of a series"]
    assert rows[2]["name"] == "'@Bo" and rows[0]["phone"] == f"'{PHONE}"
    assert rows[0]["notes"].endswith("ana: left a message")
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(tuple(row) == COLUMNS for row in rows)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_check_25_each_dangerous_sign_is_escaped(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ana", "1+1", "a=b", "'=1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert escaped(cell) == cell
