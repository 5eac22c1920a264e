"""Asking where an address is, from the command line."""

import click
from flask.cli import with_appcontext

import geo
from geo import countries


@click.group("geo")
def geography() -> None:
    """Where addresses are."""


@geography.command("lookup")
@click.argument("address")
@with_appcontext
def lookup(address: str) -> None:
    """Say where ADDRESS is: the country's two letters and name, then the city where it is known."""
    place = geo.lookup(address)
    if place is None:
        raise click.ClickException(f"Nobody knows where {address} is.")
    country = f"{place.country} {countries.name_in(place.country, 'en')}"
    click.echo(f"{country}, {place.city.name}" if place.city else country)
