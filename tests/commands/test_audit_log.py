"""`flask audit verify`: a whole log passes, an altered one is told entry by entry."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import db
from models.audit import audit_head
from tests.support.company import Company


def test_a_whole_log_passes(app: Flask, company: Company, session: Session) -> None:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    head = audit_head(session)
    assert result.exit_code == 0
    assert result.output == f"{head.number} entries, the last hash is {head.hash.hex()}\n"


def test_what_was_altered_is_named(app: Flask, company: Company, session: Session) -> None:
    for _number in range(6):
        company.department()
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_log SET actor_name = 'Somebody else' WHERE id = 2"))
        connection.execute(text("DELETE FROM audit_log WHERE id IN (4, 5)"))
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == ["Entry 2 was altered.", "Entries 4 to 5 are missing."]
