"""All settings, read once from the environment (`FAQBOT_...`); docs/settings.md lists them."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_network
from pathlib import Path

from pydantic import BaseSettings, Field, ValidationError, validator

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
GREETING = "faqbot line 1"  # the first words of both ends of the line to the action server
TOLD, CALLED = "told", "called"  # what is asked on it: a message that will come, an action


class Settings(BaseSettings):
    """Each field is set by the environment variable FAQBOT_<NAME>."""

    knowledge_dir: Path = Field(default=ROOT / "knowledge", description="folder of the FAQ content")
    build_dir: Path = Field(default=ROOT / "build", description="where encoder and indexes are built")
    models_dir: Path = Field(default=ROOT / "models", description="where trained Rasa models are kept")
    run_dir: Path = Field(
        default=ROOT / "run", description="address and logs of running servers, the consult database, drafts"
    )
    precision: str = Field(default="int8", regex="^(fp32|int8)$", description="precision of the encoder: fp32 or int8")
    host: str = Field(default="127.0.0.1", description="address that the Rasa server listens on")
    port: int = Field(default=5005, ge=1, le=65535, description="port of the Rasa server")
    action_port: int = Field(default=5055, ge=1, le=65535, description="port of the action server (loopback only)")
    shell_clinic: str = Field(default="", description="clinic of a plain `rasa shell`")
    operator_token: str = Field(default="", description="secret of the operator channel; `faqbot serve` makes one")
    country: str = Field(default="US", description="whose numbers of help are shown (bot/safety/resources.yml)")
    database_url: str = Field(
        default="", description="consult requests, SMS ledger and the switch; empty: files in run_dir"
    )
    consult_keys: str = Field(default="", description="keys of the personal fields, id:base64, the newest first")
    consult_clinics: Path | None = Field(default=None, description="file with each clinic's opening hours and so on")
    inbox_url: str = Field(default="http://127.0.0.1:5006/inbox", description="where staff open the inbox")
    inbox_port: int | None = Field(default=None, ge=1, le=65535, description="port of the staff inbox; empty: no inbox")
    inbox_host: str = Field(default="127.0.0.1", description="address that the staff inbox listens on")
    inbox_secure: bool = Field(default=True, description="the inbox's cookies go over https only")
    tracker_url: str = Field(default="", description="database of the conversations; empty: in memory")
    event_broker_url: str = Field(default="", description="RabbitMQ that gets every event; empty: nobody gets them")
    workers: int = Field(default=1, ge=1, le=64, description="processes of the Rasa server (Rasa's SANIC_WORKERS)")
    action_servers: int = Field(default=1, ge=1, le=64, description="action servers behind the one action port")
    smtp_host: str = Field(default="", description="mail server for notifications")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_security: str = Field(default="starttls", regex="^(starttls|tls|none)$", description="starttls, tls or none")
    smtp_user: str = Field(default="", description="name to log in to the mail server with")
    smtp_password: str = Field(default="", description="its password")
    smtp_from: str = Field(default="", description="sender of the notifications")

    sites: Path | None = Field(default=None, description="the clinics' websites (YAML); none: demo keys, here alone")
    web_secret: str = Field(default="", description="signs web sessions; empty: made once and kept in run_dir")
    redis_url: str = Field(default="", description="what workers share: chats, limits, locks; empty: in memory")
    trusted_proxies: str = Field(default="", description="networks whose X-Forwarded-For is believed, by commas")
    web_deadline: float = Field(default=2.5, gt=0, le=60, description="seconds that a turn on the web may take")
    web_session_limit: int = Field(default=30, ge=1, description="requests a minute of one web session")
    web_address_limit: int = Field(default=120, ge=1, description="requests a minute from one address")
    web_total_limit: int = Field(default=6000, ge=1, description="requests a minute of the web channel in all")

    @validator("web_secret")
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("must have at least 32 characters, or be empty")
        return value

    @validator("trusted_proxies")
    def _networks(cls, value: str) -> str:
        for network in filter(None, (n.strip() for n in value.split(","))):
            ip_network(network)
        return value

    public_url: str = Field(default="", description="https address at which the internet reaches the Rasa server")
    sms_numbers: str = Field(default="", description="JSON of SMS number to clinic; empty: no SMS")
    sms_account_sid: str = Field(default="", description="account at the SMS provider (Twilio)")
    sms_auth_token: str = Field(default="", description="the account's secret: signs webhooks, opens the REST API")
    sms_key: str = Field(default="", description="secret that hides phone numbers in the SMS database")
    sms_api_url: str = Field(default="", description="another address of the provider's REST API, for trying out")

    action_url: str = Field(default="", description="where the Rasa server reaches the action server; empty: here")
    log_format: str = Field(default="text", regex="^(text|json)$", description="form of the logs: text or json")
    metrics_port: int | None = Field(default=None, ge=1, le=65535, description="port of the metrics; empty: none")
    metrics_host: str = Field(default="127.0.0.1", description="address that the metrics' port listens on")

    class Config:
        """Where the values come from."""

        env_prefix = "FAQBOT_"

    @property
    def encoder_dir(self) -> Path:
        """Folder of the exported encoder."""
        return self.build_dir / "encoder"

    @property
    def safety_dir(self) -> Path:
        """Folder of the safety screen's model."""
        return self.build_dir / "safety"

    @property
    def index_dir(self) -> Path:
        """Folder of the built indexes."""
        return self.build_dir / "knowledge"

    @property
    def action_address(self) -> str:
        """Where the action server is reached, without a path."""
        return self.action_url.rstrip("/") or f"http://127.0.0.1:{self.action_port}"

    @property
    def one_action_server(self) -> bool:
        """Whether there is but one, so that who was told of a message is who will be called for its answer."""
        return self.action_servers == 1 and not self.action_url

    @property
    def consult_key_file(self) -> Path:
        """Where `faqbot serve` keeps a key when none is set: for a trial on one machine."""
        return self.run_dir / "consult.keys"

    @property
    def consult_url(self) -> str:
        """SQLAlchemy address of the consult database."""
        return self.database_url or f"sqlite:///{self.run_dir / 'consult.sqlite3'}"

    @property
    def sms_database_url(self) -> str:
        """SQLAlchemy address of the SMS ledger."""
        return self.database_url or f"sqlite:///{self.run_dir / 'sms.sqlite3'}"


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"FAQBOT_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{faults}; see docs/settings.md") from error
