"""Puts the inbox together as a Flask app; it logs no message of an exception, as that may quote a patient."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, url_for
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from bot.consult.inbox import error_pages, login, queue_pages, request_pages, security, words
from bot.consult.inbox.parts import KEY, PREFIX, Parts

MAX_BODY = 64 * 1024
logger = logging.getLogger(__name__)


class Inbox(Flask):
    """A Flask app that tells where it failed, and not with which words."""

    def log_exception(self, exc_info: Any) -> None:
        """The kind of error and its places in the code."""
        kind, _, trace = exc_info
        places = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in traceback.extract_tb(trace)]
        logger.error("%s in %s", kind.__name__, " > ".join(places))


def create_app(made_of: Parts) -> Flask:
    """The inbox under /inbox. Its cookie is signed with a key derived from the newest consult key."""
    app = Inbox("bot.consult.inbox", static_url_path=f"{PREFIX}/static")
    app.extensions[KEY] = made_of
    app.config.update(
        SECRET_KEY=made_of.database.keys.fingerprint("signs the cookie of the inbox"),
        SESSION_COOKIE_NAME="__Host-faqbot-inbox" if made_of.secure else "faqbot-inbox",
        SESSION_COOKIE_SECURE=made_of.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    CSRFProtect(app)
    login.set_up(app)
    security.set_up(app)
    error_pages.set_up(app)
    words.set_up(app)
    for pages in (login.pages, queue_pages.pages, request_pages.pages):
        app.register_blueprint(pages)
    app.add_url_rule("/", "root", _to_queue)
    return app


def _to_queue() -> Response:
    return redirect(url_for("queue.show"))
