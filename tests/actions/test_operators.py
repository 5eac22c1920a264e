"""Accounts: one e-mail per person, no circles, an administrator remains, and nobody's chats are lost with them."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import operators as accounts
from actions.events import OperatorChanged, SessionEnded
from actions.passwords import hash_password
from actions.sign_in import find_by_email
from models import Chat, Operator, OperatorSession, StatusChange, db
from models.database import unit_of_work
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.support.clock import SteppingClock
from tests.support.company import Company


def save(session: Session, operator: Operator, clock: SteppingClock, **fields: object) -> None:
    with unit_of_work(session) as unit:
        for name, value in fields.items():
            setattr(operator, name, value)
        accounts.save_operator(unit, operator, clock())


def sign_in(session: Session, operator: Operator, clock: SteppingClock, token: bytes) -> int:
    with unit_of_work(session) as unit:
        row = OperatorSession(
            token_hash=token,
            operator_id=operator.id,
            created_at=clock(),
            last_seen_at=clock(),
            expires_at=clock.forward(hours=1),
        )
        unit.add(row)
        unit.flush()
        return row.id


def is_ended(session: Session, session_id: int) -> bool:
    return session.get_one(OperatorSession, session_id, populate_existing=True).ended_at is not None


@pytest.mark.parametrize("typed", ["Anna@Example.COM", " anna@example.com ", "ａnna@example.com"])
def test_an_address_is_one_whatever_its_case_and_width(
    session: Session, company: Company, clock: SteppingClock, typed: str
) -> None:
    company.operator("Anna")
    other = company.operator("Boris")
    with pytest.raises(accounts.EmailTaken) as refused:
        save(session, other, clock, email=typed)
    assert refused.value.owner == "Anna"
    assert session.get_one(Operator, other.id).email == "boris@example.com"


def test_an_address_signs_in_however_it_is_typed(session: Session, company: Company) -> None:
    anna = company.operator("Anna")
    found = find_by_email(session, "ANNA@example.com ")
    assert found is not None and found.id == anna.id


def test_nobody_leads_themselves(session: Session, company: Company, clock: SteppingClock) -> None:
    anna = company.operator("Anna")
    with pytest.raises(accounts.AccountRefused, match="leads_oneself"):
        save(session, anna, clock, subordinates=[anna])


def test_leads_make_no_circle_however_long(session: Session, company: Company, clock: SteppingClock) -> None:
    clara = company.operator("Clara")
    boris = company.operator("Boris", subordinates=[clara])
    anna = company.operator("Anna", subordinates=[boris])
    with pytest.raises(accounts.AccountRefused, match="circle_of_leads"):
        save(session, clara, clock, subordinates=[anna])
    save(session, company.operator("Dora"), clock, subordinates=[anna, clara])


@pytest.mark.parametrize("change", [{"is_admin": False}, {"is_active": False}, {"password_hash": None}])
def test_the_last_administrator_stays_one(
    session: Session, company: Company, clock: SteppingClock, change: dict[str, object]
) -> None:
    with pytest.raises(accounts.AccountRefused, match="last_administrator"):
        save(session, company.administrator, clock, **change)
    kept = session.get_one(Operator, company.administrator.id)
    assert kept.is_admin and kept.is_active and kept.password_hash


def test_the_last_administrator_is_neither_deactivated_nor_deleted(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    company.operator("Switched off", is_admin=True, is_active=False)
    for leave in (accounts.deactivate_operator, accounts.delete_operator):
        with (
            pytest.raises(accounts.AccountRefused, match="last_administrator"),
            unit_of_work(session) as unit,
        ):
            leave(unit, company.administrator, clock(), by_operator_id=company.administrator.id)
    assert session.get_one(Operator, company.administrator.id).is_active


def test_two_administrators_who_demote_each_other_leave_one(
    session: Session, company: Company, clock: SteppingClock, request: pytest.FixtureRequest
) -> None:
    other_id = company.operator("Other", is_admin=True).id
    ids = [company.administrator.id, other_id]
    session.rollback()
    app = request.getfixturevalue("storage")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def demote(operator_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as unit:
                    accounts.lock_accounts(unit)
                    operator = unit.get_one(Operator, operator_id, populate_existing=True)
                    operator.is_admin = False
                    accounts.save_operator(unit, operator, clock())
                outcomes.append("demoted")
            except accounts.AccountRefused as refusal:
                outcomes.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=demote, args=(operator_id,)) for operator_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["demoted", "last_administrator"]
    left = session.scalars(select(Operator.id).where(Operator.is_admin.is_(True))).all()
    assert len(left) == 1


def test_a_new_password_ends_the_other_sessions(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    anna = company.operator("Anna")
    own, elsewhere = sign_in(session, anna, clock, b"1" * 32), sign_in(session, anna, clock, b"2" * 32)
    with unit_of_work(session) as unit:
        anna.password_hash = hash_password("another good phrase")
        accounts.save_operator(unit, anna, clock(), keep_session_id=own)
        recorded = [one for one in unit.info["events"] if isinstance(one, SessionEnded)]
    assert recorded == [SessionEnded(anna.id, None, "password", but_session_id=own)]
    assert not is_ended(session, own)
    assert is_ended(session, elsewhere)


def test_a_save_without_a_new_password_ends_no_session(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    anna = company.operator("Anna")
    signed_in = sign_in(session, anna, clock, b"1" * 32)
    save(session, anna, clock, public_name="Anya")
    assert not is_ended(session, signed_in)


def test_whoever_gets_other_rights_hears_of_it(
    session: Session, company: Company, clock: SteppingClock
) -> None:
    anna, sales = company.operator("Anna"), company.department("sales")
    for change, is_about_rights in (({"departments": [sales]}, True), ({"public_name": "Anya"}, False)):
        with unit_of_work(session) as unit:
            for name, value in change.items():
                setattr(anna, name, value)
            accounts.save_operator(unit, anna, clock())
            (recorded,) = [one for one in unit.info["events"] if isinstance(one, OperatorChanged)]
        assert recorded.rights_changed is is_about_rights
        assert recorded.view is not None


@pytest.fixture
def busy(session: Session, company: Company, clock: SteppingClock) -> tuple[Operator, Chat, Chat]:
    """An operator with one chat going on and one assigned and not answered."""
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    talking, waiting = company.chat(), company.chat()
    with unit_of_work(session) as unit:
        for chat, state in ((talking, ChatState.CHATTING), (waiting, ChatState.QUEUE)):
            row = unit.get_one(Chat, chat.id)
            row.operator_id, row.state, row.assigned_at = anna.id, state, clock()
    return anna, talking, waiting


def test_deleting_keeps_the_name_frees_the_address_and_puts_chats_back(
    session: Session, company: Company, clock: SteppingClock, busy: tuple[Operator, Chat, Chat]
) -> None:
    anna, *chats = busy
    lead = company.operator("Lead", subordinates=[anna])
    signed_in = sign_in(session, anna, clock, b"1" * 32)
    queued_at = {chat.id: session.get_one(Chat, chat.id).queued_at for chat in chats}
    with unit_of_work(session) as unit:
        accounts.delete_operator(unit, anna, clock(), by_operator_id=company.administrator.id)
    session.expire_all()
    assert (anna.internal_name, anna.email, anna.password_hash) == ("Anna", None, None)
    assert anna.deleted_at is not None
    assert is_ended(session, signed_in)
    assert session.get_one(Operator, lead.id).subordinates == []
    for chat in chats:
        row = session.get_one(Chat, chat.id)
        assert (row.state, row.operator_id, row.queued_at) == (ChatState.QUEUE, None, queued_at[chat.id])
    assert company.operator("Another Anna", email="anna@example.com").email == "anna@example.com"


def test_deactivating_can_be_undone(
    session: Session, company: Company, clock: SteppingClock, busy: tuple[Operator, Chat, Chat]
) -> None:
    anna, talking, _waiting = busy
    with unit_of_work(session) as unit:
        accounts.deactivate_operator(unit, anna, clock(), by_operator_id=company.administrator.id)
    session.expire_all()
    assert find_by_email(session, "anna@example.com") is None
    assert session.get_one(Chat, talking.id).operator_id is None
    change = session.scalars(select(StatusChange).order_by(StatusChange.id.desc())).first()
    assert change is not None
    assert (change.status, change.by_operator_id) == (OperatorStatus.OFFLINE, company.administrator.id)
    with unit_of_work(session) as unit:
        accounts.activate_operator(unit, anna)
    found = find_by_email(session, "anna@example.com")
    assert found is not None and found.presence.status is OperatorStatus.OFFLINE
