"""What staff see when something is not there, not allowed or broken."""

from __future__ import annotations

import logging

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from bot.consult.errors import ConsultError, ConsultKeyError, UnknownRequestError

TEXTS = {
    400: ("This page was open too long", "Please go back, load the page again and repeat what you did."),
    403: ("You may not do this", "Your account has no right to do this. Ask the person who manages the accounts."),
    404: ("There is nothing here", "The request was erased, or it is not one of your clinic."),
    413: ("This is too long", "Please go back and write less."),
    500: ("Something went wrong", "Nothing was changed. Please try again; if it stays so, tell your administrator."),
    503: ("The database cannot be reached", "Nothing was changed. Please try again in a minute."),
}
logger = logging.getLogger(__name__)


def set_up(app: Flask) -> None:
    """Pages for all errors, those of the store too."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(UnknownRequestError, _unknown)
    app.register_error_handler(ConsultError, _store)


def _http(error: HTTPException) -> tuple[str, int]:
    return _page(error.code or 500, error.name)


def _unknown(error: UnknownRequestError) -> tuple[str, int]:
    return _page(404, "")


def _store(error: ConsultError) -> tuple[str, int]:
    logger.error("%s: %s", type(error).__name__, error)  # its messages hold no personal data
    return _page(500 if isinstance(error, ConsultKeyError) else 503, "")  # a key does not come by waiting


def _page(code: int, name: str) -> tuple[str, int]:
    title, text = TEXTS.get(code, (name, "Please go back to the queue."))
    return render_template("error.html", title=title, text=text), code
