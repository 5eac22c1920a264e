"""Settings of the installation from the environment, checked at the start: a bad one stops it with a clear word."""

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from policy.addresses import PrivateHosts

MINIMUM_SECRET_LENGTH = 32
WEAK_SECRETS = frozenset({"secret", "changeme", "change-me", "development", "dev", "password"})
LOG_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})
SMTP_PORTS = {"smtp": 25, "smtps": 465}
STARTTLS_PORT = 587
HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
MAXIMUM_PROVIDER_LENGTH = 80
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


class BadConfiguration(Exception):
    """A name in the environment whose value cannot be used; the text says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, then so many a second."""

    per_second: float
    burst: float


RATES = {
    "LIMIT_VISITOR_MESSAGES": Rate(1, 10),
    "LIMIT_OPERATOR_MESSAGES": Rate(5, 20),
    "LIMIT_NEW_CHATS": Rate(0.05, 6),
    "LIMIT_ENTER": Rate(2, 300),
    "LIMIT_API": Rate(4, 200),
    "LIMIT_API_REFUSED": Rate(0.2, 20),
}
"""By visitor, by operator, by visitor, by address; of the API by token, and by address for wrong tokens.

In the environment: `per second/burst`, for example `2/20`.
"""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Who takes our letters; without `is_tls` and `starts_tls` they travel in the clear."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    is_tls: bool
    starts_tls: bool


@dataclass(frozen=True, slots=True)
class Config:
    secret_key: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    port: int
    shop_port: int
    data_dir: Path
    database_url: str
    redis_url: str | None
    smtp: SmtpServer | None
    """None: letters wait in the outbox, and nothing fails."""
    mail_from: str
    webhook_private_hosts: PrivateHosts
    """Receivers of webhooks in the own network; everything else there is refused."""
    geoip_db: tuple[Path, ...]
    """Empty: the table that comes with the product."""
    provider: str
    """Who hosts the installation for the company, as the footer says; empty: nobody is named."""
    log_level: str
    limits: Mapping[str, Rate]
    sockets_per_address: int

    @property
    def is_secure(self) -> bool:
        """Whether people reach us by https: then cookies are Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    @property
    def channel(self) -> str:
        """The name under which the processes of one installation hear each other; a Redis may serve several."""
        return (
            "otvet:"
            + hashlib.blake2s(self.secret_key.encode(), person=b"channel", digest_size=12).hexdigest()
        )

    @property
    def photo_dir(self) -> Path:
        return self.data_dir / "photos"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Read and check every name of the table in `docs/configuration.md`."""
        data_dir = Path(environment.get("DATA_DIR") or "var").absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = _port(environment, "PORT", 8000)
        redis_url = environment.get("REDIS_URL") or None
        base_url = _base_url(environment, port)
        return cls(
            secret_key=_secret_key(environment, data_dir, alone=redis_url is None),
            base_url=base_url,
            trusted_hosts=_trusted_hosts(environment, base_url),
            trusted_proxies=_whole_number(environment, "TRUSTED_PROXIES", 0),
            port=port,
            shop_port=_port(environment, "SHOP_PORT", 8001),
            data_dir=data_dir,
            database_url=_database_url(environment, data_dir),
            redis_url=redis_url,
            smtp=_smtp(environment),
            mail_from=_mail_from(environment, base_url),
            webhook_private_hosts=_private_hosts(environment),
            geoip_db=_geoip_db(environment),
            provider=_provider(environment),
            log_level=_log_level(environment),
            limits={name: _rate(environment, name, default) for name, default in RATES.items()},
            sockets_per_address=_sockets_per_address(environment),
        )


def _secret_key(environment: Mapping[str, str], data_dir: Path, *, alone: bool) -> str:
    given = environment.get("SECRET_KEY", "")
    if given:
        if len(given) < MINIMUM_SECRET_LENGTH or given.lower() in WEAK_SECRETS or len(set(given)) < 8:
            raise BadConfiguration(
                f"SECRET_KEY is too weak: give at least {MINIMUM_SECRET_LENGTH} random characters, "
                "for example the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return given
    if not alone:
        raise BadConfiguration("SECRET_KEY is required when REDIS_URL is set: all processes must share one")
    file = data_dir / "secret_key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def _base_url(environment: Mapping[str, str], port: int) -> str:
    url = (environment.get("BASE_URL") or f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise BadConfiguration(
            f"BASE_URL must look like https://chat.example.com, without a path; it is {url!r}"
        )
    return url


def _trusted_hosts(environment: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    given = [host.strip() for host in environment.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
    own = urlsplit(base_url).hostname
    assert own is not None
    local = ["localhost", "127.0.0.1"] if own in {"localhost", "127.0.0.1"} else []
    return tuple(dict.fromkeys([own, *local, *given]))


def _database_url(environment: Mapping[str, str], data_dir: Path) -> str:
    url = environment.get("DATABASE_URL") or f"sqlite:///{data_dir / 'otvet.sqlite3'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadConfiguration("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _smtp(environment: Mapping[str, str]) -> SmtpServer | None:
    url = environment.get("SMTP_URL")
    if not url:
        return None
    # The address holds a password, so the complaint does not repeat it.
    refused = BadConfiguration(
        "SMTP_URL must look like smtp://user:password@mail.example.com:587?starttls=1 or smtps://…; "
        "signs like @ : / ? # in the user or the password are written as %40 %3A %2F %3F %23"
    )
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise refused from None
    starts_tls = _starts_tls(parts)
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/") or starts_tls is None:
        raise refused
    return SmtpServer(
        host=parts.hostname,
        port=port or (STARTTLS_PORT if starts_tls else SMTP_PORTS[parts.scheme]),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_tls=parts.scheme == "smtps",
        starts_tls=starts_tls,
    )


def _starts_tls(parts: SplitResult) -> bool | None:
    """Whether the address asks for STARTTLS; None for options that are not ours or make no sense."""
    if not parts.query and not parts.fragment:
        return False
    given = parse_qs(parts.query, keep_blank_values=True)
    answers = {"1": True, "0": False}
    if parts.fragment or set(given) != {"starttls"} or len(given["starttls"]) != 1:
        return None
    wanted = answers.get(given["starttls"][0])
    return None if wanted and parts.scheme == "smtps" else wanted


def _mail_from(environment: Mapping[str, str], base_url: str) -> str:
    address = environment.get("MAIL_FROM") or f"no-reply@{urlsplit(base_url).hostname}"
    if not MAIL_ADDRESS.fullmatch(address):
        raise BadConfiguration(
            f"MAIL_FROM must be an address like chat@example.com, without a name; it is {address!r}"
        )
    return address


def _private_hosts(environment: Mapping[str, str]) -> PrivateHosts:
    entries = [entry.strip() for entry in environment.get("WEBHOOK_PRIVATE_HOSTS", "").split(",")]
    hosts = PrivateHosts.parse(filter(None, entries))
    wrong = next((name for name in hosts.names if not HOST_NAME.fullmatch(name)), None)
    if wrong is not None:
        raise BadConfiguration(
            "WEBHOOK_PRIVATE_HOSTS must list host names, addresses or networks, for example "
            f"crm.local,10.0.5.0/24; {wrong!r} is none of them"
        )
    return hosts


def _geoip_db(environment: Mapping[str, str]) -> tuple[Path, ...]:
    names = [name.strip() for name in environment.get("GEOIP_DB", "").split(",") if name.strip()]
    files = tuple(Path(name).absolute() for name in names)
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise BadConfiguration(f"GEOIP_DB names {missing}, which is no file")
    return files


def _provider(environment: Mapping[str, str]) -> str:
    name = environment.get("PROVIDER_NAME", "").strip()
    if len(name) > MAXIMUM_PROVIDER_LENGTH or not name.isprintable():
        raise BadConfiguration(
            f"PROVIDER_NAME must be one line of at most {MAXIMUM_PROVIDER_LENGTH} characters; it is {name!r}"
        )
    return name


def _log_level(environment: Mapping[str, str]) -> str:
    level = (environment.get("LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        raise BadConfiguration(f"LOG_LEVEL must be one of {', '.join(sorted(LOG_LEVELS))}; it is {level!r}")
    return level


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise BadConfiguration(f"{name} must be a whole number; it is {text!r}")
    return int(text)


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    port = _whole_number(environment, name, default)
    if not 1 <= port <= 65535:
        raise BadConfiguration(f"{name} must be between 1 and 65535; it is {port}")
    return port


def _sockets_per_address(environment: Mapping[str, str]) -> int:
    most = _whole_number(environment, "LIMIT_SOCKETS", 500)
    if not most:
        raise BadConfiguration("LIMIT_SOCKETS must be at least 1: with 0 nobody could open a chat")
    return most


def _rate(environment: Mapping[str, str], name: str, default: Rate) -> Rate:
    text = environment.get(name)
    if not text:
        return default
    per_second, _, burst = text.partition("/")
    try:
        rate = Rate(float(per_second), float(burst))
    except ValueError:
        rate = Rate(0, 0)
    if not (0 < rate.per_second < float("inf") and 1 <= rate.burst < float("inf")):
        raise BadConfiguration(f"{name} must look like 2/20 (per second/burst); it is {text!r}")
    return rate
