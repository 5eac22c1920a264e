"""Where an address is, and what places are called."""

from ipaddress import IPv6Address, ip_address

from flask import Flask, current_app

from config import Config
from geo import places
from geo.sources import Mmdb, Source, shipped_table
from policy.geography import Gazetteer, Place


def init_app(app: Flask) -> None:
    """Open what `GEOIP_DB` names: a file that cannot be read stops the start.

    Without it the shipped table is read when it is first needed.
    """
    config: Config = app.config["OTVET"]
    app.extensions["geo"] = Mmdb(config.geoip_db) if config.geoip_db else None


def source() -> Source:
    """The installation's own."""
    chosen: Source | None = current_app.extensions["geo"]
    return chosen or shipped_table()


def lookup(address: str) -> Place | None:
    """Where an address is; None for what is no address, a private one, or one that nobody knows."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return source().place_of(found)


def read_tables() -> None:
    """Read now what would otherwise be read for the first visitor, who would wait for it, and everybody with them."""
    source()
    places.shipped()


def gazetteer() -> Gazetteer:
    """The names of places that people may type."""
    return places.shipped()
