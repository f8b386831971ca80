"""Logging in and out. The session is in the database; the cookie holds its random token, signed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, make_response, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from bot.consult.errors import LoginError
from bot.consult.inbox.forms import LoginForm
from bot.consult.inbox.parts import PREFIX, parts
from bot.consult.users import User

pages = Blueprint("login", __name__, url_prefix=PREFIX)


class Person(UserMixin):
    """Who is logged in, and the token of the session."""

    def __init__(self, user: User, token: str) -> None:
        self.user = user
        self._token = token

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the token, not the name."""
        return self._token


def set_up(app: Flask) -> None:
    """Flask-Login with the sessions of the database."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    manager.unauthorized_handler(_log_in_first)


def require_login() -> Response | None:
    """For `before_request` of pages that are not for everybody."""
    return None if current_user.is_authenticated else _log_in_first()


def me() -> User:
    """The person who is logged in."""
    person: User = current_user.user
    return person


@pages.route("/login", methods=["GET", "POST"])
def log_in() -> Response | tuple[str, int] | str:
    """The form, and what comes of it. A wrong password is told without saying what was wrong."""
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("login.html", form=form)
    try:
        user = parts().users.authenticate(form.username.data.strip().lower(), form.password.data, now=parts().now())
    except LoginError as error:
        form.password.errors = [str(error)]
        return render_template("login.html", form=form), 401
    session.clear()  # nothing of before the log-in lives on
    login_user(Person(user, parts().sessions.begin(user.username, now=parts().now())))
    return redirect(_within(request.args.get("next", "")))


@pages.post("/logout")
def log_out() -> Response:
    """End the session here and in the database."""
    if current_user.is_authenticated:
        parts().sessions.end(current_user.get_id())
    logout_user()
    session.clear()
    return redirect(url_for("login.log_in"))


def _load(token: str) -> Person | None:
    user = parts().sessions.user(token, now=parts().now())
    return Person(user, token) if user else None


def _log_in_first() -> Response:
    """To the login page; but a link on a foreign page came without the strict cookie, so look again from here."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return make_response(render_template("opening.html", address=request.full_path.rstrip("?")))
    goal = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.log_in", next=goal))


def _within(goal: str) -> str:
    """Only ever to a page of the inbox."""
    parsed = urlsplit(goal)
    inside = not parsed.scheme and not parsed.netloc and goal.startswith(f"{PREFIX}/") and "\\" not in goal
    return goal if inside else url_for("queue.show")
