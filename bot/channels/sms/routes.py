"""The webhook's routes: signature first, then the message; the response carries the reply where it is ready in time."""

from __future__ import annotations

import asyncio
import logging

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms import twiml
from bot.channels.sms.compose import compose
from bot.channels.sms.config import PREFIX, SmsConfig
from bot.channels.sms.delivery import Delivery
from bot.channels.sms.incoming import Incoming, incoming
from bot.channels.sms.service import Job, Service
from bot.channels.sms.signature import Fields, fields_of, signed
from bot.channels.sms.turns import Fallback, control_of

logger = logging.getLogger(__name__)

MAX_BODY = 65_536  # bytes
NOTED_SECONDS = 1.5  # for the database to note a message down; then its sender is told that all is out of order
READY_SECONDS = 8.0  # that a response waits for the reply; Twilio gives up after 15


class SmsRoutes:
    """`POST /webhooks/sms/webhook` and `POST /webhooks/sms/status/<id>`."""

    def __init__(
        self, config: SmsConfig, service: Service, delivery: Delivery, fallback: Fallback, *,
        ready_seconds: float = READY_SECONDS,
    ) -> None:  # fmt: skip
        self._config, self._service, self._delivery, self._fallback = config, service, delivery, fallback
        self._ready_seconds = ready_seconds
        self._loops: list[asyncio.Task[None]] = []

    def blueprint(self) -> Blueprint:
        """The routes, and the work that goes on beside them while the server runs."""
        blueprint = Blueprint("sms", url_prefix=PREFIX)

        @blueprint.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse | None:
            return await self.webhook(request)

        @blueprint.post("/status/<public_id:str>")
        async def status(request: Request, public_id: str) -> HTTPResponse:
            return await self.status(request, public_id)

        blueprint.listener("after_server_start")(self._start)
        blueprint.listener("before_server_stop")(self._stop)
        return blueprint

    async def webhook(self, request: Request) -> HTTPResponse | None:
        """A patient's message."""
        fields = _signed_fields(request, self._config.webhook_url, self._config.auth_token)
        if isinstance(fields, HTTPResponse):
            return fields
        message = incoming(fields)
        if message is None:
            return text("a message has MessageSid, From and To", status=400)
        if message.account and message.account != self._config.account_sid:
            return text("this is another account's message", status=403)
        if message.number not in self._config.numbers:
            logger.error("a message came to a number that FAQBOT_SMS_NUMBERS does not name")
            return text("this number is not set up", status=404)
        try:
            # shielded: a message that was noted down is answered, though its connection breaks
            taking = self._service.spawn(self._service.take(message))
            job = await asyncio.wait_for(asyncio.shield(taking), NOTED_SECONDS)
        except asyncio.TimeoutError:
            logger.error("the SMS database does not answer within %.1f s", NOTED_SECONDS)
            taking.add_done_callback(self._noted_late)
            return self._without_ledger(message)
        except SQLAlchemyError:
            logger.exception("a message could not be noted down")
            return self._without_ledger(message)
        if job is None:
            return _xml(twiml.reply(None))
        await self._respond(request, job)
        return None  # it is written out already

    async def status(self, request: Request, public_id: str) -> HTTPResponse:
        """What became of a message of ours."""
        url = self._config.status_url(public_id)
        fields = _signed_fields(request, url, self._config.auth_token)
        if isinstance(fields, HTTPResponse):
            return fields
        code = fields.get("ErrorCode", "")
        error = int(code) if code.isascii() and code.isdigit() and len(code) < 7 else None
        state = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
        try:
            known = await self._service.call(self._delivery.reported, public_id, state, error)
        except SQLAlchemyError:
            logger.exception("a message's fate could not be noted down")
            return text("try again", status=503)
        self._delivery.wake()
        return _xml(twiml.reply(None)) if known else text("no such message", status=404)

    def _noted_late(self, taking: asyncio.Task[Job | None]) -> None:
        """The reply of a message that was noted down after all goes through the REST API."""
        if taking.cancelled():
            return
        if taking.exception():
            logger.error("a message could not be noted down", exc_info=taking.exception())
            return
        job = taking.result()
        if job is not None:
            self._service.settle(job, written=False)

    async def _respond(self, request: Request, job: Job) -> None:
        """The response with the reply, written out here so that it is known whether it was."""
        written = False
        try:
            await asyncio.wait({job.ready}, timeout=self._ready_seconds)
            handed = job.ready.result() if job.ready.done() else None
            job.hand = handed is not None
            xml = twiml.reply(handed[1], status_url=self._config.status_url(handed[0])) if handed else twiml.reply(None)
            body = xml.encode("utf-8")
            headers = {"content-length": str(len(body))}
            response = await request.respond(content_type=twiml.CONTENT_TYPE, headers=headers)
            await response.send(body, end_stream=True)
            written = True
        finally:
            self._service.settle(job, written=written)

    def _without_ledger(self, message: Incoming) -> HTTPResponse:
        """The database is down: the fixed words go all the same; a keyword is left for the provider to try again."""
        if control_of(message) is not None:
            return text("try again", status=503)
        said = self._fallback(message.body)
        short = self._config.numbers[message.number].short_name
        reply = compose(said.messages, help_first=True, introduce=False, short=short)
        return _xml(twiml.reply(reply.text))

    async def _start(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        self._loops = [
            loop.create_task(self._delivery.run_forever()),
            loop.create_task(self._service.recover_forever()),
        ]

    async def _stop(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await self._service.stop()
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._delivery.close()


def _signed_fields(request: Request, url: str, auth_token: str) -> Fields | HTTPResponse:
    """The fields of a request that Twilio signed for `url` (its query included), or what to answer to any other."""
    if len(request.body) > MAX_BODY:
        return text("too large", status=413)
    fields = fields_of(request.body)
    query = request.query_string
    signature = request.headers.get("x-twilio-signature", "")
    if fields is None or not signed(f"{url}?{query}" if query else url, fields, signature, auth_token):
        return text("the signature is missing or wrong", status=403)
    return fields


def _xml(body: str) -> HTTPResponse:
    return HTTPResponse(body, content_type=twiml.CONTENT_TYPE)
