"""Settings from the environment: everything an operator, or a developer at Xero, can decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from xero_onboard.config.environment import (
    DEFAULT_SCOPES,
    LOCALE,
    ROOT,
    SANDBOX_CLIENT_ID,
    SOURCE_LANGUAGE,
    Environ,
    Environment,
    XeroSettings,
)
from xero_onboard.config.keys import UnsafeSettingError, VaultKey, new_vault_key

__all__ = [
    "DEFAULT_SCOPES",
    "LOCALE",
    "ROOT",
    "SANDBOX_CLIENT_ID",
    "SOURCE_LANGUAGE",
    "Environment",
    "SandboxSettings",
    "Settings",
    "UnsafeSettingError",
    "VaultKey",
    "XeroSettings",
    "new_vault_key",
]


@dataclass(frozen=True, repr=False)
class Settings:
    """Everything an operator can decide about the site."""

    environment: Environment
    port: int
    sandbox_port: int
    public_origin: str
    instance: Path
    # What this installation is called in its database; empty where a file in `instance` says it.
    installation: str
    # Whose pages may show guides within them.
    embed_origins: tuple[str, ...]
    # Whose players of videos may stand in guides.
    video_hosts: tuple[str, ...]
    content: Path
    # In which the pages for readers speak; the first is that in which they are written.
    languages: tuple[str, ...]
    translations: Path
    # Whether a text of staff is published only after another person has approved it.
    needs_approval: bool
    database_url: str
    # Empty when there is none.
    redis_url: str
    # How many proxies stand in front, each of which adds the address it was called from.
    proxy_hops: int
    secret_key: str
    vault_keys: tuple[VaultKey, ...]
    product_name: str
    support_email: str
    # How many must have voted on a guide before readers are told how many found it helpful.
    votes_shown_from: int
    # Whether guides offer to be opened in the assistants of others.
    has_assistants: bool
    # Empty where mail stays in the site; `lib.mail` takes it apart and refuses what it cannot use.
    mail_url: str
    xero: XeroSettings

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_origin).hostname or ""

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nobody else can read the site, as in development."""
        return self.public_host == "localhost" or self.public_host.endswith(".localhost")

    @property
    def has_https(self) -> bool:
        return self.public_origin.startswith("https://")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check every setting; raises UnsafeSettingError with the name of the first bad one."""
        read = Environ.open(environ)
        port = read.port("PORT", 8000)
        public_origin = read.origin("PUBLIC_ORIGIN", f"http://localhost:{port}")
        return cls(
            environment=read.environment,
            port=port,
            sandbox_port=read.sandbox_port(),
            public_origin=public_origin,
            instance=read.instance,
            installation=read.word("INSTALLATION"),
            embed_origins=read.origins("EMBED_ORIGINS"),
            video_hosts=read.video_hosts(public_origin),
            content=read.folder("CONTENT_DIR", "content"),
            languages=read.languages(),
            translations=read.folder("TRANSLATIONS_DIR", "xero_onboard/translations"),
            needs_approval=read.switch("APPROVAL"),
            database_url=read.database_url(),
            redis_url=read.get("REDIS_URL", ""),
            proxy_hops=read.whole("PROXY_HOPS", 0, 9) or 0,
            secret_key=read.secret_key(),
            vault_keys=read.vault_keys(),
            product_name=read.get("PRODUCT_NAME", "Acme Billing"),
            support_email=read.get("SUPPORT_EMAIL", "support@example.com"),
            votes_shown_from=read.whole("VOTES_SHOWN_FROM", 0, 999_999) or 0,
            has_assistants=read.switch("ASSISTANTS", "on"),
            mail_url=read.needed("MAIL_URL"),
            xero=read.xero(),
        )


@dataclass(frozen=True, repr=False)
class SandboxSettings:
    """What the imitation of Xero is told at its start, as a developer tells Xero at developer.xero.com."""

    port: int
    origin: str
    database: Path
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    webhook_url: str
    webhook_key: str
    app_name: str
    secret_key: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the sandbox's settings; raises UnsafeSettingError, always in production."""
        read = Environ.open(environ)
        if read.is_production:
            raise UnsafeSettingError("ENVIRONMENT: the sandbox never runs in production")
        site = read.origin("PUBLIC_ORIGIN", f"http://localhost:{read.port('PORT', 8000)}")
        return cls(
            port=read.sandbox_port(),
            origin=read.sandbox_origin(),
            database=read.folder("SANDBOX_DATABASE", str(read.instance / "sandbox.db")),
            client_id=SANDBOX_CLIENT_ID,
            client_secret=read.secrets["SANDBOX_CLIENT_SECRET"],
            redirect_uris=(f"{site}/connect/sandbox/callback", f"{site}/sign-in/sandbox/callback"),
            webhook_url=f"{site}/webhooks/xero",
            webhook_key=read.webhook_key(is_sandbox=True),
            app_name=read.get("PRODUCT_NAME", "Acme Billing"),
            secret_key=read.secrets["SECRET_KEY"],
        )
