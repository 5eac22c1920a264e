"""Creating the administrator from the command line."""

import click
from flask.cli import with_appcontext

from actions import audit
from actions.email_addresses import is_address
from actions.operators import normal_email, save_operator
from actions.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, check_password, hash_password
from clock import now
from models import Operator
from models.audit import ActorKind
from models.database import unit_of_work
from policy.errors import DomainError

LONGEST_NAME = Operator.internal_name.type.length
LONGEST_PUBLIC_NAME = Operator.public_name.type.length
REFUSALS = {
    "password_short": f"The password has fewer than {MINIMUM_LENGTH} characters.",
    "password_long": f"The password has more than {MAXIMUM_LENGTH} characters.",
    "password_common": "This password is one of the most common ones. A short phrase is better.",
    "password_personal": "The password must not contain the name or the address.",
    "email_taken": "Somebody else signs in with this address.",
}


def _address(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not is_address(text):
        raise click.BadParameter("this does not look like an e-mail address")
    return normal_email(text)


def _name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_NAME:
        raise click.BadParameter(f"a name has 1 to {LONGEST_NAME} characters")
    return text.strip()


@click.command("create-admin")
@click.option("--email", prompt=True, callback=_address, help="The sign-in name.")
@click.option("--name", prompt=True, callback=_name, help="The name that colleagues see.")
@click.password_option(help=f"{MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters; asked for when not given.")
@with_appcontext
def create_admin(email: str, name: str, password: str) -> None:
    """Create an administrator who can sign in at once."""
    audit.on_behalf(lambda: audit.Cause(ActorKind.COMMAND, now(), name="create-admin"))
    try:
        check_password(password, about=[email, name])
        hashed = hash_password(password)
        with unit_of_work() as session:
            administrator = Operator(
                email=email,
                internal_name=name,
                public_name=name[:LONGEST_PUBLIC_NAME],
                password_hash=hashed,
                is_admin=True,
            )
            save_operator(session, administrator, now())
    except DomainError as refused:
        raise click.ClickException(REFUSALS.get(refused.code, refused.code)) from refused
    click.echo(f"{name} can sign in with {email}.")
