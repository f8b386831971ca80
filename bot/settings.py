"""All settings, read once from the environment (`FAQBOT_...`); docs/settings.md lists them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseSettings, Field, ValidationError

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Each field is set by the environment variable FAQBOT_<NAME>."""

    knowledge_dir: Path = Field(default=ROOT / "knowledge", description="folder of the FAQ content")
    build_dir: Path = Field(default=ROOT / "build", description="where encoder and indexes are built")
    models_dir: Path = Field(default=ROOT / "models", description="where trained Rasa models are kept")
    run_dir: Path = Field(default=ROOT / "run", description="address and logs of running servers, the consult database")
    precision: str = Field(default="int8", regex="^(fp32|int8)$", description="precision of the encoder: fp32 or int8")
    host: str = Field(default="127.0.0.1", description="address that the Rasa server listens on")
    port: int = Field(default=5005, ge=1, le=65535, description="port of the Rasa server")
    action_port: int = Field(default=5055, ge=1, le=65535, description="port of the action server (loopback only)")
    shell_clinic: str = Field(default="", description="clinic of a plain `rasa shell`")
    operator_token: str = Field(default="", description="secret of the operator channel; `faqbot serve` makes one")
    database_url: str = Field(default="", description="consult requests; empty: SQLite in run_dir")

    class Config:
        """Where the values come from."""

        env_prefix = "FAQBOT_"

    @property
    def encoder_dir(self) -> Path:
        """Folder of the exported encoder."""
        return self.build_dir / "encoder"

    @property
    def index_dir(self) -> Path:
        """Folder of the built indexes."""
        return self.build_dir / "knowledge"

    @property
    def consult_url(self) -> str:
        """SQLAlchemy address of the consult database."""
        return self.database_url or f"sqlite:///{self.run_dir / 'consult.sqlite3'}"


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"FAQBOT_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{faults}; see docs/settings.md") from error
