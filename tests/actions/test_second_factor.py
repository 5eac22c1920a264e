"""The second factor: each code works once, ten more are kept on paper, and the database alone gives none of them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import attempts, second_factor, sign_in
from actions.attempts import Attempt
from actions.events import SessionEnded
from actions.second_factor import SecondFactorRefused
from models import AuditEntry, AuditKind, Operator, OutboxItem, RecoveryCode, SecondFactor
from models.database import unit_of_work
from models.operators import Guess
from models.settings import load_settings
from tests.actions.conftest import Heard, signed_in
from tests.actions.crowd import Crowd
from tests.support.clock import SteppingClock
from tests.support.company import Company
from tests.support.phone import Phone, factor_of, give_phone, sessions_of

KEY = "the key of this installation, long enough"


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna")


def accept(session: Session, operator: Operator, code: str, clock: SteppingClock, key: str = KEY) -> bool:
    with unit_of_work(session):
        return second_factor.accept(session, operator, code, key, clock())


class TestSwitchingOn:
    def test_a_code_of_the_phone_proves_that_it_knows_the_secret(
        self, anna: Operator, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        here, elsewhere = signed_in(session, anna, clock), signed_in(session, anna, clock)
        seed = second_factor.new_seed()
        phone = Phone(second_factor.secret_of(seed, KEY), clock)
        with unit_of_work(session):
            codes = second_factor.switch_on(
                session, anna, seed, phone.code(), KEY, clock(), keep_session_id=here
            )
        assert len(set(codes)) == second_factor.codes_left(session, anna.id) == 10
        assert second_factor.is_on(session, anna.id)
        assert sessions_of(anna) == [True, False] and elsewhere > here
        assert heard.of(SessionEnded)[-1] == SessionEnded(anna.id, None, "second_factor", but_session_id=here)

    def test_the_owner_is_told_by_letter(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        give_phone(anna, KEY, clock)
        letter = session.scalars(select(OutboxItem)).one()
        assert (letter.recipient, letter.subject) == ("anna@example.com", "Второй фактор включён")

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_a_wrong_code_switches_nothing_on(
        self, anna: Operator, session: Session, clock: SteppingClock, steps: int
    ) -> None:
        seed = second_factor.new_seed()
        phone = Phone(second_factor.secret_of(seed, KEY), clock)
        for code in (phone.code(steps=steps), "", "abc", "0" * 6):
            with pytest.raises(SecondFactorRefused) as refused, unit_of_work(session):
                second_factor.switch_on(session, anna, seed, code, KEY, clock(), keep_session_id=0)
            assert refused.value.code == "code_wrong"
        assert factor_of(anna) is None

    def test_it_is_switched_on_once(self, anna: Operator, session: Session, clock: SteppingClock) -> None:
        give_phone(anna, KEY, clock)
        with pytest.raises(SecondFactorRefused) as refused:
            give_phone(anna, KEY, clock)
        assert refused.value.code == "already_on"

    def test_what_is_stored_gives_no_code_without_the_installations_key(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        phone, codes = give_phone(anna, KEY, clock)
        factor = factor_of(anna)
        assert factor is not None
        assert second_factor.secret_of(factor.seed, KEY) == phone.secret
        assert second_factor.secret_of(factor.seed, KEY + "x") != phone.secret
        stored = b"".join(session.scalars(select(RecoveryCode.code_hash)))
        assert not any(code.encode() in stored for code in codes)


class TestCodes:
    def test_a_code_of_the_phone_lets_in_once(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        phone, _codes = give_phone(anna, KEY, clock)
        code = phone.code()
        assert accept(session, anna, f"{code[:3]} {code[3:]}", clock)
        assert not accept(session, anna, code, clock)
        # Nor does one that was due before it.
        assert not accept(session, anna, phone.code(steps=-1), clock)
        assert accept(session, anna, phone.code(steps=1), clock)
        clock.forward(seconds=30)
        assert not accept(session, anna, phone.code(), clock)
        clock.forward(seconds=30)
        assert accept(session, anna, phone.code(), clock)

    def test_the_code_that_switched_it_on_does_not_sign_in(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        phone, _codes = give_phone(anna, KEY, clock)
        assert not accept(session, anna, phone.code(steps=-1), clock)

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_the_phones_clock_may_be_out_by_half_a_minute_and_no_more(
        self, anna: Operator, session: Session, clock: SteppingClock, steps: int
    ) -> None:
        phone, _codes = give_phone(anna, KEY, clock)
        clock.forward(minutes=5)
        assert not accept(session, anna, phone.code(steps=steps), clock)
        assert accept(session, anna, phone.code(steps=steps // 2), clock)

    def test_another_phone_another_key_or_another_person_do_not_fit(
        self, anna: Operator, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        boris = company.operator("Boris")
        annas, codes = give_phone(anna, KEY, clock)
        boriss, _codes = give_phone(boris, KEY, clock)
        assert not accept(session, anna, boriss.code(), clock)
        assert not accept(session, anna, annas.code(), clock, key="another key")
        assert not accept(session, boris, codes[0], clock)
        assert not accept(session, company.administrator, annas.code(), clock)

    def test_a_recovery_code_works_once_however_it_is_typed(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        _phone, codes = give_phone(anna, KEY, clock)
        assert accept(session, anna, f" {codes[0][:4].upper()}-{codes[0][4:]} ", clock)
        assert not accept(session, anna, codes[0], clock)
        assert second_factor.codes_left(session, anna.id) == 9
        assert accept(session, anna, codes[1], clock)

    def test_a_lost_key_of_the_installation_leaves_the_recovery_codes(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        _phone, codes = give_phone(anna, KEY, clock)
        assert accept(session, anna, codes[0], clock, key="another key")

    def test_new_codes_take_the_place_of_the_old_ones(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        _phone, old = give_phone(anna, KEY, clock)
        with unit_of_work(session):
            new = second_factor.new_codes(session, anna)
        assert not set(old) & set(new)
        assert not accept(session, anna, old[0], clock)
        assert accept(session, anna, new[0], clock)

    def test_of_those_who_send_one_code_at_once_one_gets_in(
        self, anna: Operator, session: Session, clock: SteppingClock, crowd: Crowd
    ) -> None:
        phone, codes = give_phone(anna, KEY, clock)
        operator_id = anna.id
        session.rollback()
        for code in (phone.code(), codes[0]):

            def enter(own: Session, code: str = code) -> bool:
                with unit_of_work(own):
                    operator = own.get_one(Operator, operator_id)
                    return second_factor.accept(own, operator, code, KEY, clock())

            assert sorted(crowd.together(*[enter] * 4)) == [False, False, False, True]


class TestSwitchingOff:
    def test_its_owner_switches_it_off(self, anna: Operator, session: Session, clock: SteppingClock) -> None:
        _phone, codes = give_phone(anna, KEY, clock)
        clock.forward(minutes=1)
        here, _elsewhere = signed_in(session, anna, clock), signed_in(session, anna, clock)
        with unit_of_work(session):
            second_factor.switch_off(session, anna, clock(), keep_session_id=here)
        assert factor_of(anna) is None
        assert not accept(session, anna, codes[0], clock)
        assert sessions_of(anna) == [True, False]
        subjects = [letter.subject for letter in session.scalars(select(OutboxItem).order_by(OutboxItem.id))]
        assert subjects == ["Второй фактор включён", "Второй фактор выключен"]

    def test_where_it_is_demanded_it_stays_on(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        give_phone(anna, KEY, clock)
        with unit_of_work(session):
            load_settings(session).second_factor_demanded = True
        with pytest.raises(SecondFactorRefused) as refused, unit_of_work(session):
            second_factor.switch_off(session, anna, clock(), keep_session_id=0)
        assert refused.value.code == "demanded"
        assert factor_of(anna) is not None

    def test_a_lost_phone_is_forgotten_and_everybody_signs_in_anew(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        give_phone(anna, KEY, clock)
        signed_in(session, anna, clock)
        clock.forward(minutes=1)
        with unit_of_work(session):
            second_factor.reset(session, anna, clock())
        assert factor_of(anna) is None and sessions_of(anna) == [False]
        # And where there is nothing to forget, nothing happens.
        signed_in(session, anna, clock)
        with unit_of_work(session):
            second_factor.reset(session, anna, clock())
        assert sessions_of(anna) == [False, True]

    def test_it_goes_with_the_account(self, anna: Operator, session: Session, clock: SteppingClock) -> None:
        give_phone(anna, KEY, clock)
        with unit_of_work(session):
            session.delete(session.get_one(Operator, anna.id))
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []


def test_the_picture_says_whose_account_it_is() -> None:
    secret = second_factor.secret_of(second_factor.new_seed(), KEY)
    address = second_factor.phone_address(secret, "anna@example.com", "ООО «Сила»")
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address and "anna%40example.com" in address


def test_every_step_is_in_the_audit_log(anna: Operator, session: Session, clock: SteppingClock) -> None:
    _phone, codes = give_phone(anna, KEY, clock)
    with unit_of_work(session):
        second_factor.accept(session, anna, codes[0], KEY, clock())
    with unit_of_work(session):
        second_factor.new_codes(session, anna)
    here = signed_in(session, anna, clock)
    with unit_of_work(session):
        sign_in.end_session_of(session, anna, here, clock())
    clock.forward(minutes=1)
    with unit_of_work(session):
        second_factor.reset(session, anna, clock())
    attempt = Attempt(Guess.CODE, anna.public_id, "192.0.2.1", clock())
    with unit_of_work(session):
        attempts.tell_failure(session, attempt)
    found = session.scalars(select(AuditEntry).where(AuditEntry.object_id == anna.id).order_by(AuditEntry.id))
    entries = list(found)[1:]
    assert [entry.kind for entry in entries] == [
        AuditKind.SECOND_FACTOR_ON,
        AuditKind.RECOVERY_CODE_USED,
        AuditKind.RECOVERY_CODES_MADE,
        AuditKind.SIGNED_IN,
        AuditKind.SESSION_ENDED,
        AuditKind.SECOND_FACTOR_OFF,
        AuditKind.SECOND_FACTOR_FAILED,
    ]
    assert entries[-1].object_name == "anna@example.com"
    assert not any(code in str(entry.changes) for entry in entries for code in codes)
