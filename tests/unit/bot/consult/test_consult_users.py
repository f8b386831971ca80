"""Accounts and sessions of the inbox: who gets in, what they may do, and when they are out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bot.consult import audit
from bot.consult.errors import ConsultError, LockedOutError, LoginError
from bot.consult.sessions import IDLE, LONGEST, Sessions
from bot.consult.store import ConsultStore
from bot.consult.tables import SESSIONS, USERS
from bot.consult.users import LOCKED_FOR, MAX_TRIES, Users
from tests.consult.fixtures import NOW

PASSWORD = "correct horse battery"


@pytest.fixture
def users(store: ConsultStore) -> Users:
    """Accounts with a cheap hash: Ana is staff in the north and admin in the south."""
    users = Users(store.database, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users.add("ana", PASSWORD, {"north": "staff", "south": "admin"}, actor="setup")
    return users


def failed(users: Users, times: int) -> None:
    """So many wrong passwords."""
    for _ in range(times):
        with pytest.raises(LoginError):
            users.authenticate("ana", "wrong", now=NOW)


def test_the_right_password_lets_in_and_is_not_in_the_database(store: ConsultStore, users: Users) -> None:
    user = users.authenticate("ana", PASSWORD, now=NOW)
    assert (user.username, user.clinics, user.last_login_at) == ("ana", ("north", "south"), NOW)
    with store.database.read() as connection:
        hashed = connection.execute(select(USERS.c.password_hash)).scalar_one()
    assert hashed.startswith("$argon2id$") and PASSWORD not in hashed


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("ana", ""), ("Ana", PASSWORD), ("", ""), ("bo", "x")]
)
def test_a_wrong_name_or_password_is_told_the_same(users: Users, name: str, password: str) -> None:
    with pytest.raises(LoginError, match=r"^The name or the password is wrong\.$"):
        users.authenticate(name, password)


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(users: Users) -> None:
    failed(users, MAX_TRIES)
    with pytest.raises(LockedOutError):
        users.authenticate("ana", PASSWORD, now=NOW + LOCKED_FOR - timedelta(seconds=1))
    assert users.authenticate("ana", PASSWORD, now=NOW + LOCKED_FOR).username == "ana"


def test_after_the_lock_there_are_five_tries_again(users: Users) -> None:
    failed(users, MAX_TRIES)
    with pytest.raises(LoginError) as caught:
        users.authenticate("ana", "wrong", now=NOW + LOCKED_FOR)
    assert not isinstance(caught.value, LockedOutError)
    assert users.authenticate("ana", PASSWORD, now=NOW + LOCKED_FOR).username == "ana"


def test_a_right_password_forgets_the_wrong_ones(users: Users) -> None:
    failed(users, MAX_TRIES - 1)
    users.authenticate("ana", PASSWORD, now=NOW)
    failed(users, MAX_TRIES - 1)
    assert users.authenticate("ana", PASSWORD, now=NOW).username == "ana"


def test_a_new_password_opens_a_locked_account_and_ends_the_old_one(users: Users) -> None:
    failed(users, MAX_TRIES)
    users.set_password("ana", "another good one", actor="setup")
    assert users.authenticate("ana", "another good one", now=NOW).username == "ana"
    with pytest.raises(LoginError):
        users.authenticate("ana", PASSWORD, now=NOW)


def test_a_disabled_account_stays_out_until_enabled(users: Users) -> None:
    users.disable("ana", actor="setup")
    with pytest.raises(LoginError):
        users.authenticate("ana", PASSWORD)
    disabled = users.get("ana")
    assert disabled is not None and disabled.disabled and not disabled.may("view", "north")
    users.disable("ana", actor="setup", disabled=False)
    assert users.authenticate("ana", PASSWORD).username == "ana"


@pytest.mark.parametrize(
    ("action", "north", "south", "elsewhere"),
    [
        ("view", True, True, False),
        ("note", True, True, False),
        ("export", False, True, False),
        ("fly", False, False, False),
    ],
)
def test_a_role_holds_in_its_own_clinic(users: Users, action: str, north: bool, south: bool, elsewhere: bool) -> None:
    ana = users.authenticate("ana", PASSWORD)
    assert [ana.may(action, clinic) for clinic in ("north", "south", "west")] == [north, south, elsewhere]


def test_check_25_a_viewer_may_look_and_nothing_else(users: Users) -> None:
    users.add("vi", PASSWORD, {"north": "viewer"}, actor="setup")
    vi = users.authenticate("vi", PASSWORD)
    allowed = {action for action in ("view", "claim", "status", "note", "export", "erase") if vi.may(action, "north")}
    assert allowed == {"view"}


@pytest.mark.parametrize(
    ("name", "password", "role", "wrong"),
    [
        ("ana", PASSWORD, "staff", "there is a user 'ana' already"),
        ("Bo Example", PASSWORD, "staff", "small letters"),
        ("bo", "short", "staff", "12 to 256 signs"),
        ("bo", "x" * 257, "staff", "12 to 256 signs"),
        ("bo", PASSWORD, "king", "viewer, staff, admin"),
    ],
)
def test_a_bad_account_is_not_made(users: Users, name: str, password: str, role: str, wrong: str) -> None:
    with pytest.raises(ConsultError, match=wrong) as caught:
        users.add(name, password, {"north": role}, actor="setup")
    assert password not in str(caught.value)
    assert [user.username for user in users.list()] == ["ana"]


def test_an_unknown_account_cannot_be_changed(users: Users) -> None:
    with pytest.raises(ConsultError, match="there is no user 'bo'"):
        users.disable("bo", actor="setup")
    assert users.get("bo") is None


def test_each_try_is_in_the_audit_but_not_what_was_typed_as_a_name(store: ConsultStore, users: Users) -> None:
    users.authenticate("ana", PASSWORD)
    failed(users, 1)
    with pytest.raises(LoginError):
        users.authenticate(PASSWORD, "ana")
    rows = [(row.actor, row.action) for row in audit.trail(store.database, limit=3)]
    assert rows == [("unknown name", "login refused"), ("ana", "login refused"), ("ana", "login")]
    assert PASSWORD not in repr(audit.trail(store.database))


@pytest.fixture
def sessions(store: ConsultStore, users: Users) -> Sessions:
    """Sessions of these accounts."""
    return Sessions(store.database, users)


def test_a_session_belongs_to_its_token_of_which_only_a_hash_is_kept(store: ConsultStore, sessions: Sessions) -> None:
    token = sessions.begin("ana", now=NOW)
    user = sessions.user(token, now=NOW)
    assert user is not None and user.username == "ana"
    assert sessions.user(token + "x", now=NOW) is None
    with store.database.read() as connection:
        assert token not in repr(connection.execute(select(SESSIONS)).all())


def test_a_session_lives_while_it_is_used(sessions: Sessions) -> None:
    token = sessions.begin("ana", now=NOW)
    for used in range(1, 4):
        assert sessions.user(token, now=NOW + used * IDLE) is not None
    assert sessions.user(token, now=NOW + 4 * IDLE + timedelta(seconds=1)) is None
    assert sessions.user(token, now=NOW) is None, "it does not come back"


def test_no_session_lives_longer_than_the_longest(sessions: Sessions) -> None:
    token, moment = sessions.begin("ana", now=NOW), NOW
    while moment <= NOW + LONGEST:
        assert sessions.user(token, now=moment) is not None
        moment += IDLE
    assert sessions.user(token, now=moment) is None


def test_log_out_a_new_password_and_disabling_end_sessions(sessions: Sessions, users: Users) -> None:
    token = sessions.begin("ana", now=NOW)
    sessions.end(token)
    assert sessions.user(token, now=NOW) is None
    token = sessions.begin("ana", now=NOW)
    users.set_password("ana", "another good one", actor="setup")
    assert sessions.user(token, now=NOW) is None
    token = sessions.begin("ana", now=NOW)
    users.disable("ana", actor="setup")
    users.disable("ana", actor="setup", disabled=False)
    assert sessions.user(token, now=NOW) is None
