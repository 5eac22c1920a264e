"""The audit log: what is written of a deed, by whom, and that nobody can change it unseen."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from actions import attempts, audit, operators, presence, sign_in
from actions.attempts import Attempt
from actions.audit_chain import Fault, Wrong, faults, hash_of
from actions.audit_diff import change
from actions.departments import delete_department, save_department
from actions.operators import save_operator
from actions.placements import save_placement
from actions.settings import save_settings
from models import ActorKind, AuditEntry, AuditKind, Operator, db
from models.audit import AppendOnly
from models.database import unit_of_work, writing
from models.operators import Guess
from models.settings import load_settings
from policy.facts import OperatorFacts
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.clock import SteppingClock
from tests.support.company import Company


def entries(session: Session) -> list[AuditEntry]:
    session.rollback()
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def last(session: Session) -> AuditEntry:
    return entries(session)[-1]


def lines(entry: AuditEntry) -> dict[str, tuple[object, object]]:
    return {line["field"]: (line.get("from"), line.get("to")) for line in entry.changes}


def test_settings_are_told_field_by_field(session: Session, clock: SteppingClock) -> None:
    with unit_of_work(session):
        settings = load_settings(session)
        settings.company_name = "Сила"
        settings.language = Language.HE
        settings.auto_assignment = True
        save_settings(session, settings)
    entry = last(session)
    assert (entry.kind, entry.object_kind, entry.object_id) == (AuditKind.CHANGED, "settings", 1)
    assert (entry.actor_kind, entry.at) == (ActorKind.SYSTEM, clock())
    assert lines(entry) == {
        "company_name": ("", "Сила"),
        "language": ("RU", "HE"),
        "auto_assignment": (False, True),
    }


def test_a_save_that_changes_nothing_is_not_told(session: Session, company: Company) -> None:
    department = company.department("sales", name="Sales")
    before = len(entries(session))
    with unit_of_work(session):
        department.name = "Sales"
        department.version += 1
        save_department(session, department)
    assert len(entries(session)) == before


def test_a_field_that_was_set_unread_is_told_with_what_stood_there(
    session: Session, company: Company
) -> None:
    department = company.department("sales", name="Sales")
    with unit_of_work(session):
        session.expire(department)
        department.sort_order = 7
        save_department(session, department)
    assert lines(last(session)) == {"sort_order": (100, 7)}


def test_of_a_long_text_the_lines_that_differ_are_told(session: Session, company: Company) -> None:
    department = company.department("sales", reply_templates="one\ntwo\nthree")
    with unit_of_work(session):
        department.reply_templates = "one\n2\nthree\nfour"
        save_department(session, department)
    assert lines(last(session)) == {"reply_templates": ("two", "2\nfour")}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("one\ntwo", "two\none", ("one\ntwo", "two\none")),
        ("one\none\ntwo", "one\ntwo\ntwo", ("one", "two")),
        (" one\ntwo", "one\ntwo", (" one", "one")),
    ],
)
def test_moved_doubled_and_indented_lines_are_told_too(old: str, new: str, told: tuple[str, str]) -> None:
    line = change("reply_templates", old, new)
    assert (line["from"], line["to"]) == told


@pytest.mark.timeout(20)
def test_thousands_of_changed_lines_keep_nobody_waiting() -> None:
    old, new = ("\n".join(f"Dear visitor, {mark} {i} of our company" for i in range(5_000)) for mark in "ab")
    assert str(change("reply_templates", old, new)["from"]).startswith("Dear visitor, a 0")


def test_rights_are_told_by_names(session: Session, company: Company, clock: SteppingClock) -> None:
    sales, support = company.department("sales", name="Sales"), company.department("support", name="Support")
    anna = company.operator("Anna", departments=[sales])
    boris = company.operator("Boris")
    with unit_of_work(session), session.no_autoflush:
        anna.departments = [support]
        anna.subordinates = [boris]
        anna.is_admin = True
        save_operator(session, anna, clock())
    entry = last(session)
    assert (entry.object_kind, entry.object_id, entry.object_name) == ("operators", anna.id, "Anna")
    assert lines(entry) == {
        "departments": (["Sales"], ["Support"]),
        "subordinates": ([], ["Boris"]),
        "is_admin": (False, True),
    }


def test_a_reference_is_told_by_its_name(session: Session, company: Company) -> None:
    sales = company.department("sales", name="Sales")
    placement = company.placement("shop")
    with unit_of_work(session):
        placement.department = sales
        save_placement(session, placement)
    assert lines(last(session)) == {"department": (None, "Sales")}


def test_a_new_record_and_a_deleted_one_are_told_whole(session: Session, company: Company) -> None:
    department = company.department("sales", name="Sales", sort_order=5)
    created = last(session)
    assert (created.kind, created.object_id, created.object_name) == (
        AuditKind.CREATED,
        department.id,
        "Sales",
    )
    assert lines(created)["sort_order"] == (None, 5)
    number = department.id
    with unit_of_work(session):
        delete_department(session, department)
    deleted = last(session)
    assert (deleted.kind, deleted.object_id, deleted.object_name) == (AuditKind.DELETED, number, "Sales")
    assert lines(deleted)["sort_order"] == (5, None)


def test_a_password_is_told_as_changed_and_never_stored(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    anna = company.operator("Anna")
    with unit_of_work(session):
        anna.password_hash = "$argon2id$newhash"
        save_operator(session, anna, clock())
    assert (last(session).kind, last(session).changes) == (AuditKind.PASSWORD_CHANGED, [])
    with unit_of_work(session):
        audit.write(session, AuditKind.CHANGED, anna, {"totp_secret": ("OLDSECRET", "NEWSECRET")})
    assert last(session).changes == [{"field": "totp_secret"}]
    whole = session.execute(text("SELECT * FROM audit_log")).all()
    assert not any(word in str(whole) for word in ("argon2", "OLDSECRET", "NEWSECRET"))


def test_accounts_that_go_and_come_back_are_told(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    anna, boss = company.operator("Anna"), company.administrator
    with unit_of_work(session):
        operators.deactivate_operator(session, anna, clock(), by_operator_id=boss.id)
    with unit_of_work(session):
        operators.activate_operator(session, anna)
    with unit_of_work(session):
        operators.delete_operator(session, anna, clock(), by_operator_id=boss.id)
    kinds = [entry.kind for entry in entries(session) if entry.object_name == "Anna"]
    assert kinds == [AuditKind.CREATED, AuditKind.DEACTIVATED, AuditKind.ACTIVATED, AuditKind.DELETED]


def test_who_was_disconnected_is_told(
    session: Session,
    company: Company,
    clock: SteppingClock,
    facts: Callable[[Operator], OperatorFacts],
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    company.operator("Boris", status=OperatorStatus.LUNCH)
    boss = facts(company.administrator)
    with unit_of_work(session):
        presence.switch_offline(session, boss, anna.id, clock())
    assert (last(session).kind, last(session).object_name) == (AuditKind.DISCONNECTED, "Anna")
    with unit_of_work(session):
        presence.switch_all_offline(session, boss, clock())
    assert last(session).kind is AuditKind.DISCONNECTED_ALL
    assert lines(last(session)) == {"operators": (["Boris"], None)}


def test_a_sign_in_is_the_persons_own_deed(session: Session, company: Company, clock: SteppingClock) -> None:
    anna = company.operator("Anna")
    with unit_of_work(session):
        token = sign_in.start_session(
            session,
            anna,
            OperatorStatus.ONLINE,
            clock(),
            address="192.0.2.9",
            user_agent="",
            is_remembered=False,
        )
    entry = last(session)
    assert (entry.kind, entry.actor_kind, entry.actor_id, entry.actor_name) == (
        AuditKind.SIGNED_IN,
        ActorKind.OPERATOR,
        anna.id,
        "Anna",
    )
    with unit_of_work(session):
        signed_in = sign_in.session_of(session, token, clock())
        assert signed_in
        sign_in.end_session(session, signed_in, clock())
    assert last(session).kind is AuditKind.SIGNED_OUT


def test_the_failure_that_reaches_the_limit_says_so(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    company.operator("Anna")
    for _attempt in range(5):
        clock.forward(seconds=1)
        with unit_of_work(session):
            attempt = Attempt(Guess.PASSWORD, "anna@example.com", "192.0.2.9", clock())
            attempts.begin(session, attempt)
            attempts.tell_failure(session, attempt)
    kinds = [entry.kind for entry in entries(session)][-6:]
    assert kinds == [AuditKind.SIGN_IN_FAILED] * 5 + [AuditKind.SIGN_IN_BLOCKED]
    assert last(session).object_name == "anna@example.com"


@pytest.mark.parametrize(
    "typed", ["a" * 5_000, "\x00\x07evil", "\udc80", "\u202eabc", "<script>", "=1+1"], ids=ascii
)
def test_whatever_a_stranger_types_can_be_stored(session: Session, company: Company, typed: str) -> None:
    with unit_of_work(session):
        audit.write(session, AuditKind.SIGN_IN_FAILED, audit.About("operators", None, typed))
    assert len(last(session).object_name) <= 255
    assert list(faults(session)) == []


def test_what_is_rolled_back_was_never_done(session: Session, company: Company) -> None:
    before = len(entries(session))
    with writing(session):
        audit.write(session, AuditKind.EXPORTED, audit.About("operators"))
        session.rollback()
    with unit_of_work(session):
        pass
    assert len(entries(session)) == before


def test_a_cause_told_at_the_edge_is_whose_deed_it_is(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    audit.on_behalf(lambda: audit.Cause(ActorKind.COMMAND, clock(), name="import", address="192.0.2.1"))
    with unit_of_work(session):
        audit.write(session, AuditKind.IMPORTED, None, {"rows": (None, 3)})
    entry = last(session)
    assert (entry.actor_kind, entry.actor_name, entry.address) == (ActorKind.COMMAND, "import", "192.0.2.1")


def test_entries_cannot_be_changed_or_removed(session: Session, company: Company) -> None:
    entry = last(session)
    entry.object_name = "Somebody else"
    with pytest.raises(AppendOnly):
        session.flush()
    session.rollback()
    session.delete(entries(session)[0])
    with pytest.raises(AppendOnly):
        session.flush()
    session.rollback()
    with pytest.raises(AppendOnly):
        session.execute(update(AuditEntry).values(object_name=""))
    with pytest.raises(AppendOnly):
        session.execute(delete(AuditEntry))


# The chain


@pytest.fixture
def ten(session: Session, company: Company) -> int:
    """At least ten entries; gives the number of the last."""
    while len(entries(session)) < 10:
        company.department()
    return last(session).id


def by_hand(session: Session, statement: str, **values: object) -> None:
    """As somebody would who has the database and no respect."""
    with db.engine.begin() as connection:
        connection.execute(text(statement), values)
    session.rollback()


def test_a_whole_chain_has_no_fault(session: Session, ten: int) -> None:
    assert [entry.id for entry in entries(session)] == list(range(1, ten + 1))
    assert list(faults(session)) == []


@pytest.mark.parametrize(
    "what",
    [
        "object_name = 'Nobody'",
        "actor_name = 'Nobody'",
        "address = '203.0.113.1'",
        "kind = 'DELETED'",
        "actor_kind = 'VISITOR'",
        "actor_id = 77",
        "object_id = 77",
        "object_kind = 'other'",
        "search_text = ''",
        "changes = '[]'",
        "at = '2001-01-01 00:00:00'",
        "hash = previous_hash",
    ],
)
def test_an_altered_row_is_named(session: Session, ten: int, what: str) -> None:
    by_hand(session, f"UPDATE audit_log SET {what} WHERE id = 5")
    found = list(faults(session))
    assert Fault(Wrong.ALTERED, 5, 5) in found
    assert {fault.first for fault in found} == {5}


def test_a_row_with_a_new_hash_is_named_too(session: Session, ten: int) -> None:
    by_hand(session, "UPDATE audit_log SET object_name = 'Nobody' WHERE id = 5")
    forged = hash_of(session.get_one(AuditEntry, 5))
    by_hand(session, "UPDATE audit_log SET hash = :forged WHERE id = 5", forged=forged)
    assert list(faults(session)) == [Fault(Wrong.REWRITTEN, 5, 5)]


def test_missing_rows_are_named(session: Session, ten: int) -> None:
    by_hand(session, "DELETE FROM audit_log WHERE id IN (1, 4, 5)")
    by_hand(session, "DELETE FROM audit_log WHERE id >= :last", last=ten - 1)
    assert list(faults(session)) == [
        Fault(Wrong.MISSING, 1, 1),
        Fault(Wrong.MISSING, 4, 5),
        Fault(Wrong.MISSING, ten - 1, ten),
    ]


def test_writers_at_the_same_time_make_one_chain(storage: Flask, session: Session, company: Company) -> None:
    before = last(session).id
    session.rollback()
    together = Barrier(4)

    def write_some() -> None:
        with storage.app_context():
            together.wait()
            for _turn in range(5):
                with unit_of_work() as own:
                    audit.write(own, AuditKind.TEST_LETTER_SENT)
            db.session.remove()

    threads = [Thread(target=write_some) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert last(session).id == before + 20
    assert list(faults(session)) == []


def test_of_texts_in_several_languages_those_that_differ_are_told(session: Session, company: Company) -> None:
    department = company.department("sales", names={"en": "Sales", "uk": "Продаж"})
    with unit_of_work(session):
        department.names = {"en": "Sales", "uk": "Продажі", "tr": "Satış"}
        save_department(session, department)
    assert lines(last(session)) == {"names": ({"uk": "Продаж"}, {"uk": "Продажі", "tr": "Satış"})}
