"""The way back into an account from the machine itself: for whoever forgot everything and has nobody to ask."""

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from actions import audit, second_factor
from actions.operators import normal_email, set_new_password
from actions.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, check_password, hash_password
from actions.sign_in import find_by_email
from clock import now
from commands.administrator import REFUSALS
from models import Operator, db
from models.audit import ActorKind
from models.database import unit_of_work
from policy.errors import DomainError


@click.group("operator")
def operator() -> None:
    """Help somebody back into their account."""


@operator.command("set-password")
@click.argument("email")
@click.password_option(help=f"{MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters; asked for when not given.")
@with_appcontext
def set_password(email: str, password: str) -> None:
    """Give the operator with this address another password; they are signed out everywhere."""
    audit.on_behalf(lambda: audit.Cause(ActorKind.COMMAND, now(), name="operator set-password"))
    person = _person(db.session(), email)
    about = [person.email or "", person.internal_name, person.public_name]
    db.session.rollback()
    try:
        check_password(password, about=about)
    except DomainError as refused:
        raise click.ClickException(REFUSALS.get(refused.code, refused.code)) from refused
    hashed = hash_password(password)
    with unit_of_work() as session:
        person = _person(session, email)
        set_new_password(session, person, hashed, now())
        has_second_factor = second_factor.is_on(session, person.id)
        name = person.internal_name
    click.echo(f"{name} can sign in with the new password.")
    if has_second_factor:
        click.echo(
            "A code from their phone is asked for too. If it is lost: flask operator reset-second-factor."
        )


@operator.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Forget the phone and the recovery codes of the operator with this address."""
    audit.on_behalf(lambda: audit.Cause(ActorKind.COMMAND, now(), name="operator reset-second-factor"))
    with unit_of_work() as session:
        person = _person(session, email)
        second_factor.reset(session, person, now())
        name = person.internal_name
    click.echo(f"{name} signs in by password alone, until another phone is set up.")


def _person(session: Session, email: str) -> Operator:
    found = find_by_email(session, normal_email(email))
    if found is None:
        raise click.ClickException("Nobody who works here signs in with this address.")
    return found
