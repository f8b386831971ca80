"""What can be wrong with a request: a status, a code for programs and a sentence for people."""

from __future__ import annotations

from bot.errors import FaqbotError

SENTENCES: dict[str, tuple[int, str]] = {
    "bad_json": (400, "The body is no JSON object."),
    "no_token": (401, "Send the session's token: Authorization: Bearer …"),
    "bad_token": (401, "This session is not known. Start a new one."),
    "expired_token": (401, "This session has expired. Start a new one."),
    "ended_session": (401, "This chat was cleared. Start a new one."),
    "foreign_origin": (403, "This website may not use this chat."),
    "unknown_site": (404, "There is no site with this key."),
    "not_found": (404, "There is nothing at this address."),
    "wrong_method": (405, "This address does not take that method."),
    "old_choice": (
        409,
        "That button belongs to an earlier message. Pick one of the last reply, or type.",
    ),
    "reused_message_id": (409, "This message_id was used for another message. Make a new one."),
    "too_large": (413, "The message is too large; at most 4 kB."),
    "wrong_type": (415, "Send JSON with the header Content-Type: application/json."),
    "bad_fields": (422, "A field is missing or has a wrong value."),
    "too_many": (429, "Too many messages in a short time. Please wait a moment."),
    "internal": (500, "Something went wrong on our side."),
    "unavailable": (503, "The chat is out of order. Please try again in a minute, or call the clinic."),
}


class WebError(FaqbotError):
    """A request that is refused. `code` is one of SENTENCES; `retry_after` is in seconds."""

    def __init__(self, code: str, message: str = "", *, retry_after: int = 0, headers: dict[str, str] | None = None):
        self.status, sentence = SENTENCES[code]
        self.code = code
        self.message = message or sentence
        self.headers = dict(headers or {})
        if retry_after:
            self.headers["Retry-After"] = str(retry_after)
        if self.status == 401:
            self.headers["WWW-Authenticate"] = "Bearer"
        super().__init__(f"{code}: {self.message}")

    def body(self) -> dict[str, dict[str, str]]:
        """What the client reads."""
        return {"error": {"code": self.code, "message": self.message}}
