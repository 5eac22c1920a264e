"""The demo: a company worth looking at, a shop with the button on it, and a page of addresses to begin with."""

import json
import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import select

from actions import audit
from actions.passwords import hash_password
from actions.photos import draw_photo, store_photo
from clock import now
from commands.demo_company import ACCOUNTS, found_company
from commands.demo_faces import FACES, draw
from commands.upgrade import upgrade_embedded
from config import Config
from models import Operator, db
from models.audit import ActorKind
from models.database import unit_of_work

PASSWORD = "otvet-demo"  # noqa: S105  it is printed for everybody to read
"""Of the demo's accounts only; a real installation never has a password that nobody chose."""
SERVE = Path(__file__).parents[1] / "serve.py"


@click.command("demo")
def demo() -> None:
    """Start Otvet with demo data and the shop; started again, it goes on with the same data."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it
    config: Config = app.config["OTVET"]
    upgrade_embedded(app)
    if db.session.scalar(select(Operator.id).limit(1)) is None:
        _found(config)
    addresses = _addresses(config)
    _write(config.data_dir / "demo.json", addresses)
    _tell(addresses)
    db.engine.dispose()
    os.execv(sys.executable, [sys.executable, str(SERVE), "--with-shop"])  # noqa: S606  our own program


def _found(config: Config) -> None:
    hashed = hash_password(PASSWORD)
    photos = {name: store_photo(config.photo_dir, draw_photo(draw(face))) for name, face in FACES.items()}
    audit.on_behalf(lambda: audit.Cause(ActorKind.COMMAND, now(), name="demo"))
    with unit_of_work() as session:
        found_company(session, hashed, photos, now())


def _addresses(config: Config) -> dict[str, object]:
    return {
        "url": config.base_url,
        "shop_url": f"http://localhost:{config.shop_port}",
        "accounts": [
            {"role": account.role, "email": account.email, "password": PASSWORD} for account in ACCOUNTS
        ],
    }


def _write(file: Path, addresses: dict[str, object]) -> None:
    file.write_text(json.dumps(addresses, ensure_ascii=False, indent=2) + "\n")


def _tell(addresses: dict[str, object]) -> None:
    click.echo("")
    click.echo(f"  Cabinet and workplace   {addresses['url']}")
    click.echo(f"  Shop with the button    {addresses['shop_url']}")
    click.echo("")
    for account in ACCOUNTS:
        click.echo(f"  {account.role:<14} {account.email:<24} {PASSWORD}")
    click.echo("")
    click.echo(
        "  Sign in, go online, open the shop in another window and press the button. Ctrl-C stops all of it."
    )
    click.echo("")
