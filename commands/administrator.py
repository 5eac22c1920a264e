"""Creating the administrator from the command line."""

import click
from flask.cli import with_appcontext

from actions.operators import normal_email, save_operator
from actions.passwords import PasswordRefused, check_password, hash_password
from clock import now
from models import Operator
from models.database import unit_of_work
from policy.errors import DomainError


@click.command("create-admin")
@click.option("--email", prompt=True, help="The sign-in name.")
@click.option("--name", prompt=True, help="The name that colleagues see.")
@click.password_option(help="8 to 128 characters; asked for when not given.")
@with_appcontext
def create_admin(email: str, name: str, password: str) -> None:
    """Create an administrator who can sign in at once."""
    try:
        check_password(password, about=[email, name])
        hashed = hash_password(password)
        with unit_of_work() as session:
            administrator = Operator(
                email=normal_email(email),
                internal_name=name,
                public_name=name[:30],
                password_hash=hashed,
                is_admin=True,
                is_active=True,
            )
            save_operator(session, administrator, now())
    except PasswordRefused as refused:
        raise click.ClickException(f"This password is refused: {refused.code}.") from refused
    except DomainError as refused:
        raise click.ClickException(f"This administrator is refused: {refused.code}.") from refused
    click.echo(f"{name} can sign in with {email}.")
