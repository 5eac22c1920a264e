"""Where our server may call when somebody types an address: never into its own network, unless that was allowed."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from policy.errors import DomainError

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

ADDRESS_MAXIMUM = 500
HTTPS_PORT, HTTP_PORT = 443, 80
LOWEST_FREE_PORT = 1024
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Names that mean this machine or this network whatever a name server says of them.
_LOCAL_ENDINGS = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?")
# Newer versions of Python know that nothing of it is global.
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
_KEPT_IN_PATHS = "/%:@!$&'()*+,;=~-._?#[]"


class AddressRefused(DomainError):
    """`address_wrong`, `address_not_https`, `address_with_password`, `address_private` or `port_refused`."""


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """What may be called in the own network: host names, addresses and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "PrivateHosts":
        """Each entry is a network when it reads as one, else a name."""
        names, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                names.add(entry.lower())
        return cls(frozenset(names), tuple(networks))

    def allow(self, host: str, address: str | None = None) -> bool:
        """Whether this host, at this address if it is known, was allowed."""
        if host.lower() in self.names:
            return True
        ip = parsed_ip(address or host)
        return ip is not None and any(
            ip in network for network in self.networks if network.version == ip.version
        )


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_encrypted(self) -> bool:
        """Whether it is called by https."""
        return self.scheme == "https"

    @property
    def name(self) -> str:
        """The host with its port, as the Host header and the address say it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = HTTPS_PORT if self.is_encrypted else HTTP_PORT
        return host if self.port == usual else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.name}{self.path}"


def parsed_ip(text: str) -> Ip | None:
    """The address that a text spells, without the name of an interface."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """Whether an address is somewhere in the Internet: an IPv4 address in any IPv6 clothing counts as itself."""
    ip = parsed_ip(address)
    if ip is None:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return is_public(str(inner))
    if isinstance(ip, ipaddress.IPv4Address) and ip in _PROTOCOLS:
        return False
    # Of multicast and reserved addresses some count as global, and so do the site's own of old IPv6.
    is_odd = ip.is_multicast or ip.is_reserved or ip.is_unspecified or getattr(ip, "is_site_local", False)
    return ip.is_global and not is_odd


def target_of(text: str, private: PrivateHosts) -> Target:
    """The target of a typed address, if it may be one: https to the outside, http only to what was allowed."""
    target = _parsed(text.strip())
    is_allowed = private.allow(target.host)
    if not is_allowed:
        if not target.is_encrypted:
            raise AddressRefused("address_not_https")
        if is_local_name(target.host) or (parsed_ip(target.host) is not None and not is_public(target.host)):
            raise AddressRefused("address_private")
        if not may_use_port(target.port):
            raise AddressRefused("port_refused")
    return target


def may_be_called(target: Target, address: str, private: PrivateHosts) -> bool:
    """Whether the target may be called at this address, to which its name has led."""
    if private.allow(target.host, address):
        return True
    return target.is_encrypted and is_public(address) and may_use_port(target.port)


def may_use_port(port: int) -> bool:
    """Mail, shells and the like live below; nobody's receiver does."""
    return port == HTTPS_PORT or port >= LOWEST_FREE_PORT


def is_local_name(host: str) -> bool:
    """Whether a name never leads outside; one without a dot is looked up in the own network."""
    bare = host.rstrip(".").lower()
    return bare.endswith(_LOCAL_ENDINGS) or ("." not in bare and ":" not in bare)


def _parsed(text: str) -> Target:
    try:
        parts = urlsplit(text)
        port, host = parts.port, _host(parts.hostname or "")
    except (ValueError, UnicodeError):
        raise AddressRefused("address_wrong") from None
    if parts.scheme not in {"http", "https"} or len(text) > ADDRESS_MAXIMUM or "\\" in text:
        raise AddressRefused("address_wrong")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("address_with_password")
    path = quote(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", safe=_KEPT_IN_PATHS)
    usual = HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    return Target(parts.scheme, host, usual if port is None else port, path)


def _host(text: str) -> str:
    """The host as it goes over the wire: a name in any script becomes ASCII."""
    if parsed_ip(text) is not None:
        return text.lower()
    host = text.encode("idna").decode().lower()
    if not _HOST_NAME.fullmatch(host):
        raise ValueError("no host")
    return host


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside: mapped, 6to4, Teredo, NAT64 and the old compatible form."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
