"""Looking over the audit log from the command line."""

import sys

import click
from flask.cli import with_appcontext

from actions.audit_chain import Fault, Wrong, faults
from models import db
from models.audit import audit_head

WORDS = {
    Wrong.ALTERED: "was altered",
    Wrong.REWRITTEN: "was altered together with its hash",
    Wrong.MISSING: "is missing",
}


@click.group("audit")
def audit_log() -> None:
    """The log of who did what."""


@audit_log.command("verify")
@with_appcontext
def verify() -> None:
    """Check that no entry was altered or removed; each that was is named, and the exit code is 1.

    Keep the printed line elsewhere: whoever can rewrite the whole database can rewrite the whole chain, but not your
    copy of its end.
    """
    session = db.session()
    found = 0
    for fault in faults(session):
        found += 1
        click.echo(_told(fault))
    head = audit_head(session)
    click.echo(f"{head.number} entries, the last hash is {head.hash.hex()}")
    if found:
        sys.exit(1)


def _told(fault: Fault) -> str:
    if fault.first == fault.last:
        return f"Entry {fault.first} {WORDS[fault.wrong]}."
    return f"Entries {fault.first} to {fault.last} are missing."
