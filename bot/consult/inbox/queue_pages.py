"""The queue: filters, search, pages, and exports of what the filters leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, render_template, request
from wtforms import SelectField

from bot.consult.errors import InvalidFieldError
from bot.consult.fields import parse_contact
from bot.consult.filters import Filter
from bot.consult.inbox.forms import ANY, ME, NOBODY, EmptyForm, FilterForm, SearchForm
from bot.consult.inbox.login import me, require_login
from bot.consult.inbox.parts import PREFIX, parts
from bot.consult.inbox.words import clinic as clinic_name
from bot.consult.queue import NAME_SEARCH, StaffQueue
from bot.consult.records import StoredRequest

PAGE = 25
FORMS = {"csv": "text/csv; charset=utf-8", "fhir": "application/fhir+json"}
_ID = re.compile(r"[2-9A-HJKMNP-TV-Z]{8}", re.IGNORECASE)
pages = Blueprint("queue", __name__, url_prefix=PREFIX)
pages.before_request(require_login)


@dataclass(frozen=True)
class Found:
    """One page of the queue. `total` is None where only the names on this page were looked through."""

    requests: tuple[StoredRequest, ...]
    page: int
    more: bool
    total: int | None


@pages.get("/")
def show() -> str:
    """The queue through the filters in the address."""
    form = _filters()
    return _render(form, _chosen(form), page=_page(request.args.get("page", "")))


@pages.post("/search")
def search() -> str:
    """The same with words to look for."""
    form, sought = _filters(), SearchForm()
    if not sought.validate():
        abort(400)
    return _render(
        form, _chosen(form), words=(sought.words.data or "").strip(), page=_page(request.form.get("page", ""))
    )


@pages.post("/export/<form>")
def export(form: str) -> Response:
    """What the filters leave, as a file. 403 for whoever may not export at that clinic."""
    if form not in FORMS:
        abort(404)
    chosen = _chosen(_filters())
    allowed = [clinic for clinic in me().clinics if me().may("export", clinic)]
    if not allowed or (chosen.clinic is not None and chosen.clinic not in allowed):
        abort(403)
    found = StaffQueue(parts().database, actor=me().username, clinics=allowed).export(chosen, form=form)
    if form == "csv":
        from bot.consult.export_csv import csv_of as written
    else:
        from bot.consult.export_fhir import fhir_of as written
    name = f"consult-requests-{parts().now():%Y-%m-%d}.{'csv' if form == 'csv' else 'json'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(found), content_type=FORMS[form], headers=headers)


def queue() -> StaffQueue:
    """The requests that this person may see."""
    return StaffQueue(parts().database, actor=me().username, clinics=me().clinics)


def find(chosen: Filter, words: str, page: int) -> Found:
    """One page: by id or contact where the words are such, else by name."""
    requests, offset, name = queue(), (page - 1) * PAGE, ""
    if words:
        by_key = replace(chosen, search=words)
        if _is_contact(words) or (_ID.fullmatch(words) and requests.count(by_key)):
            chosen = by_key
        else:
            name = words
    found = requests.list(chosen, limit=PAGE, offset=offset, name=name)
    total = None if name else requests.count(chosen)
    return Found(found, page, len(found) == PAGE if total is None else total > offset + PAGE, total)


def _render(form: FilterForm, chosen: Filter, *, page: int, words: str = "") -> str:
    return render_template(
        "queue.html",
        form=form,
        search=SearchForm(words=words),
        words=words,
        button=EmptyForm(),
        kept={field.name: field.raw_data[0] for field in form if field.raw_data},
        found=find(chosen, words, page),
        now=parts().now(),
        overdue=queue().count(Filter(overdue_at=parts().now())),
        may_export=any(me().may("export", clinic) for clinic in me().clinics),
        name_search=NAME_SEARCH,
    )


def _filters() -> FilterForm:
    """From the address of the page. 404 for a value that is none of the choices, another clinic's too."""
    form = FilterForm(request.args)
    form.clinic.choices = [ANY, *((clinic, clinic_name(clinic)) for clinic in me().clinics)]
    form.assignee.choices = [("", "Anyone"), (ME, "Me"), (NOBODY, "Nobody yet"), *_colleagues()]
    for field in form:
        if isinstance(field, SelectField) and field.data is None:
            field.data = ""
    if not form.validate():
        abort(404)
    return form


def _colleagues() -> list[tuple[str, str]]:
    mine = set(me().clinics)
    others = (user.username for user in parts().users.list() if mine & set(user.clinics))
    return [(name, name) for name in others if name not in (me().username, ME, NOBODY)]


def _chosen(form: FilterForm) -> Filter:
    who = {"": None, ME: me().username, NOBODY: ""}
    return Filter(
        status=form.status.data or None,
        clinic=form.clinic.data or None,
        assignee=who.get(form.assignee.data, form.assignee.data),
        urgent=True if form.urgent.data else None,
        overdue_at=parts().now() if form.overdue.data else None,
    )


def _is_contact(words: str) -> bool:
    try:
        parse_contact(words)
    except InvalidFieldError:
        return False
    return True


def _page(text: str) -> int:
    return int(text) if re.fullmatch(r"[1-9]\d{0,4}", text) else 1
