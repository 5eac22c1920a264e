"""Somebody's phone with an application for codes."""

import pyotp

from actions import second_factor
from models import Operator, SecondFactor, db
from models.database import unit_of_work
from models.operators import OperatorSession
from tests.support.clock import SteppingClock


class Phone:
    """Knows a secret and the time."""

    def __init__(self, secret: str, clock: SteppingClock) -> None:
        self.secret = secret.replace(" ", "").upper()
        self._clock = clock

    def code(self, *, steps: int = 0) -> str:
        """What it shows now, or showed or will show so many half-minutes away."""
        return pyotp.TOTP(self.secret).generate_otp(int(self._clock().timestamp()) // 30 + steps)


def give_phone(operator: Operator, key: str, clock: SteppingClock) -> tuple[Phone, list[str]]:
    """The operator has set up a second factor; gives the phone, and the recovery codes."""
    seed = second_factor.new_seed()
    phone = Phone(second_factor.secret_of(seed, key), clock)
    with unit_of_work() as session:
        codes = second_factor.switch_on(
            session, operator, seed, phone.code(steps=-1), key, clock(), keep_session_id=0
        )
    return phone, codes


def sessions_of(operator: Operator) -> list[bool]:
    """Whether each of the person's sessions still lasts."""
    db.session.rollback()
    rows = db.session.query(OperatorSession).filter_by(operator_id=operator.id).order_by(OperatorSession.id)
    return [row.ended_at is None for row in rows]


def factor_of(operator: Operator) -> SecondFactor | None:
    db.session.rollback()
    return db.session.get(SecondFactor, operator.id)
