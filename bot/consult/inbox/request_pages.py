"""One request: what the patient sent, and what staff do with it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from bot.consult.audit import trail
from bot.consult.errors import AlreadyClaimedError
from bot.consult.forget import conversations_of, erase_by_contact
from bot.consult.inbox.forms import EmptyForm, EraseForm, NoteForm, StatusForm
from bot.consult.inbox.login import me, require_login
from bot.consult.inbox.parts import PREFIX, parts
from bot.consult.inbox.queue_pages import queue
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest

pages = Blueprint("request", __name__, url_prefix=f"{PREFIX}/requests/<public_id>")
pages.before_request(require_login)
ACTIONS = ("claim", "status", "note", "erase")


@pages.get("")
def show(public_id: str) -> str:
    """All about one request. 404 for one of a clinic that is not the person's."""
    stored = queue().get(public_id)
    return _render(stored, note=NoteForm(), erase=EraseForm())


@pages.post("/claim")
def claim(public_id: str) -> Response:
    """Take it, unless somebody else has."""
    requests = _queue_to(public_id, "claim")
    try:
        requests.claim(public_id)
        flash("The request is with you now.")
    except AlreadyClaimedError:
        flash("A colleague has this request already.", "problem")
    return _back(public_id)


@pages.post("/release")
def release(public_id: str) -> Response:
    """Give it back to the queue."""
    _queue_to(public_id, "claim").release(public_id)
    flash("The request is with nobody now.")
    return _back(public_id)


@pages.post("/status")
def status(public_id: str) -> Response:
    """Set the status."""
    requests, form = _queue_to(public_id, "status"), StatusForm()
    if not form.validate():
        abort(400)
    requests.set_status(public_id, form.status.data)
    flash(f"The status is {form.status.data} now.")
    return _back(public_id)


@pages.post("/notes")
def note(public_id: str) -> Response | tuple[str, int]:
    """Add a note; a note without words is told on the page."""
    requests, form = _queue_to(public_id, "note"), NoteForm()
    if not form.validate() or not (form.text.data or "").strip():
        form.text.errors = form.text.errors or ["A note needs words."]
        return _render(requests.get(public_id), note=form, erase=EraseForm(formdata=None)), 400
    requests.add_note(public_id, form.text.data)
    flash("The note was added.")
    return _back(public_id)


@pages.post("/erase")
def erase(public_id: str) -> Response | tuple[str, int]:
    """Erase all that this patient has left at the clinic: requests, notes, notifications, conversations."""
    requests, form = _queue_to(public_id, "erase"), EraseForm()
    stored = requests.get(public_id)
    if not form.validate():
        return _render(stored, note=NoteForm(formdata=None), erase=form), 400
    contacts = {c for sent in stored.submissions for c in (sent.phone, sent.email) if c}
    count = 0
    for contact in sorted(contacts):
        clinic = (stored.clinic,)
        # the conversations first: where that fails, the requests still name them for another try
        parts().forget(conversations_of(parts().database, contact, clinics=clinic))
        gone = erase_by_contact(parts().database, contact, actor=me().username, clinics=clinic)
        count += len(gone.requests)
    flash(f"Erased: {count} {'request' if count == 1 else 'requests'} of this patient.")
    return redirect(url_for("queue.show"))


def _queue_to(public_id: str, action: str) -> StaffQueue:
    """The queue, if the person may do this. 404 for what they may not see, 403 for what they may not do."""
    clinic = queue().clinic_of(public_id)
    if not me().may(action, clinic):
        abort(403)
    return queue()


def _render(stored: StoredRequest, *, note: FlaskForm, erase: FlaskForm) -> str:
    return render_template(
        "request.html",
        request_=stored,
        now=parts().now(),
        may={action: me().may(action, stored.clinic) for action in ACTIONS},
        mine=stored.assignee == me().username,
        status=StatusForm(formdata=None, status=stored.status),
        note=note,
        erase=erase,
        button=EmptyForm(formdata=None),
        trail=trail(parts().database, public_id=stored.public_id),
    )


def _back(public_id: str) -> Response:
    return redirect(url_for("request.show", public_id=public_id))
