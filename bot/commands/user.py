"""`faqbot user …`: the people who may use the staff inbox. Passwords are typed or piped in, never an argument."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import typer

from bot.commands.consult import caller, opened
from bot.errors import ConsultError

if TYPE_CHECKING:
    from bot.consult.users import Users

app = typer.Typer(no_args_is_help=True, help="Who may use the staff inbox.")


@app.command()
def add(
    username: str = typer.Argument(..., help="Name to log in with: small letters, digits and . _ @ -"),
    role: list[str] = typer.Option(..., help="CLINIC:ROLE, may be repeated; a role is viewer, staff or admin."),
) -> None:
    """Make an account. The password is asked for, or read from a pipe."""
    from bot.sites import require_clinic

    roles = dict(_role(text) for text in role)
    for clinic in roles:
        require_clinic(clinic)
    _users().add(username, read_password(), roles, actor=caller())
    typer.echo(f"{username} added")


@app.command()
def passwd(username: str = typer.Argument(..., help="Whose password.")) -> None:
    """Set a new password; opens a locked account and ends its sessions."""
    _users().set_password(username, read_password(), actor=caller())
    typer.echo(f"{username} has a new password")


@app.command()
def disable(username: str = typer.Argument(..., help="Who may not log in any more.")) -> None:
    """Close an account and end its sessions."""
    _users().disable(username, actor=caller())
    typer.echo(f"{username} is disabled")


@app.command()
def enable(username: str = typer.Argument(..., help="Who may log in again.")) -> None:
    """Open a disabled account again."""
    _users().disable(username, actor=caller(), disabled=False)
    typer.echo(f"{username} is enabled")


@app.command("list")
def list_() -> None:
    """All accounts with their roles."""
    for user in _users().list():
        roles = " ".join(f"{clinic}:{role}" for clinic, role in sorted(user.roles.items()))
        typer.echo(f"{user.username}  {roles}{'  disabled' if user.disabled else ''}")


def read_password() -> str:
    """From the terminal without echo, twice; or the first line of a pipe. Raises ConsultError where they differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (12 signs or more): ")
    if getpass.getpass("Once more: ") != first:
        raise ConsultError("the two passwords differ; nothing was changed")
    return first


def _role(text: str) -> tuple[str, str]:
    clinic, _, role = text.rpartition(":")
    if not clinic:
        raise typer.BadParameter(f"'{text}' is not CLINIC:ROLE, such as pain-team:staff")
    return clinic, role


def _users() -> Users:
    from bot.consult.users import Users

    return Users(opened())
