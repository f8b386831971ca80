"""The forms of the inbox. Each post carries a token against forgery (Flask-WTF)."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from bot.consult.filters import STATUSES
from bot.consult.queue import MAX_NOTE
from bot.consult.users import MAX_PASSWORD

ANY = ("", "Any")
ME, NOBODY = "me", "nobody"
MAX_SEARCH = 120


class LoginForm(FlaskForm):
    """Name and password."""

    username = StringField("User name", [InputRequired("Please write your user name."), Length(max=80)])
    password = PasswordField("Password", [InputRequired("Please write your password."), Length(max=MAX_PASSWORD)])


class FilterForm(Form):
    """What to show in the queue. Nothing in it is personal, so it may stand in the address of the page."""

    status = SelectField("Status", choices=[ANY, *((status, status.capitalize()) for status in STATUSES)])
    clinic = SelectField("Clinic")
    assignee = SelectField("With")
    overdue = BooleanField("Overdue only")
    urgent = BooleanField("Urgent only")


class SearchForm(FlaskForm):
    """Words to look for. It is posted: a phone number must not stand in an address, which servers log."""

    words = StringField("Id, phone, email or name", [Length(max=MAX_SEARCH)])


class StatusForm(FlaskForm):
    """A new status."""

    status = SelectField("Status", choices=[(status, status.capitalize()) for status in STATUSES])


class NoteForm(FlaskForm):
    """A note."""

    text = TextAreaField("New note", [InputRequired("A note needs words."), Length(max=MAX_NOTE)])


class EraseForm(FlaskForm):
    """Erasing wants a second thought."""

    sure = BooleanField("Yes, erase for ever", [InputRequired("Please tick the box to erase.")])


class EmptyForm(FlaskForm):
    """A button."""
