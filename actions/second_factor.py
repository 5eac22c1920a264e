"""The second factor: switched on with a code of the phone, asked at every sign-in, saved by codes on paper."""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from actions import audit
from actions.ids import token_hash
from actions.letters import put_second_factor_changed
from actions.operators import end_sessions
from models.audit import AuditKind
from models.operators import Operator
from models.second_factors import RecoveryCode, SecondFactor
from models.settings import load_settings
from policy.errors import DomainError
from policy.one_time_codes import (
    RECOVERY_ALPHABET,
    RECOVERY_LENGTH,
    accepted_steps,
    is_phone_code,
    normal_code,
)

RECOVERY_CODES = 10
SEED_BYTES = 20
NEVER_USED = -1
REASON = "second_factor"


class SecondFactorRefused(DomainError):
    """`code_wrong`, `already_on` or `demanded`."""


def new_seed() -> bytes:
    """What a secret is made of; by itself it says nothing."""
    return secrets.token_bytes(SEED_BYTES)


def secret_of(seed: bytes, installation_key: str) -> str:
    """The secret that the phone knows, in the letters in which it is typed; it is made anew each time, never stored."""
    digest = hmac.new(installation_key.encode(), b"second factor\0" + seed, hashlib.sha256).digest()
    return b32encode(digest[:SEED_BYTES]).decode()


def phone_address(secret: str, email: str, company: str) -> str:
    """What the picture says: the address by which applications on phones take a secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=company)


def is_on(session: Session, operator_id: int) -> bool:
    """Whether this person signs in with a second factor."""
    return session.get(SecondFactor, operator_id) is not None


def codes_left(session: Session, operator_id: int) -> int:
    """How many recovery codes still work."""
    unused = select(func.count()).where(
        RecoveryCode.operator_id == operator_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def switch_on(
    session: Session,
    operator: Operator,
    seed: bytes,
    code: str,
    installation_key: str,
    now: datetime,
    *,
    keep_session_id: int,
) -> list[str]:
    """Switch it on once the phone has shown that it knows the secret; gives the recovery codes, for the only time.

    Whoever was signed in elsewhere signs in again, with a code.
    """
    _lock(session, operator)
    if is_on(session, operator.id):
        raise SecondFactorRefused("already_on")
    step = _step_of_code(secret_of(seed, installation_key), normal_code(code), NEVER_USED, now)
    if step is None:
        raise SecondFactorRefused("code_wrong")
    session.add(SecondFactor(operator_id=operator.id, seed=seed, last_step=step, since=now))
    codes = _fresh_codes(session, operator)
    _tell_changed(session, operator, now, is_on=True, keep_session_id=keep_session_id)
    return codes


def switch_off(session: Session, operator: Operator, now: datetime, *, keep_session_id: int) -> None:
    """The person themselves switches it off, where the company does not demand it."""
    if load_settings(session).second_factor_demanded:
        raise SecondFactorRefused("demanded")
    _remove(session, operator)
    _tell_changed(session, operator, now, is_on=False, keep_session_id=keep_session_id)


def reset(session: Session, operator: Operator, now: datetime) -> None:
    """The phone is lost: the person signs in by password alone, everywhere anew, and may set up another phone."""
    if not is_on(session, operator.id):
        return
    _remove(session, operator)
    _tell_changed(session, operator, now, is_on=False, keep_session_id=None)


def new_codes(session: Session, operator: Operator) -> list[str]:
    """Ten other recovery codes; those given before work no more."""
    _lock(session, operator)
    audit.write(session, AuditKind.RECOVERY_CODES_MADE, operator)
    return _fresh_codes(session, operator)


def accept(session: Session, operator: Operator, code: str, installation_key: str, now: datetime) -> bool:
    """Whether the code lets this person in; the same one never does so twice."""
    plain = normal_code(code)
    if is_phone_code(plain):
        return _accept_phone(session, operator, plain, installation_key, now)
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == token_hash(plain),
            RecoveryCode.operator_id == operator.id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
        return False
    audit.write(session, AuditKind.RECOVERY_CODE_USED, operator, by=audit.cause_of(operator))
    return True


def _accept_phone(
    session: Session, operator: Operator, code: str, installation_key: str, now: datetime
) -> bool:
    factor = session.get(SecondFactor, operator.id)
    if factor is None:
        return False
    step = _step_of_code(secret_of(factor.seed, installation_key), code, factor.last_step, now)
    if step is None:
        return False
    # Of two who send the same code at once, one changes the row.
    changed = session.execute(
        update(SecondFactor)
        .where(SecondFactor.operator_id == operator.id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult


def _step_of_code(secret: str, code: str, last_used: int, now: datetime) -> int | None:
    phone = pyotp.TOTP(secret)
    right = [
        step
        for step in accepted_steps(now, last_used)
        if hmac.compare_digest(phone.generate_otp(step).encode(), code.encode())
    ]
    return right[0] if right else None


def _fresh_codes(session: Session, operator: Operator) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator.id))
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(code_hash=token_hash(code), operator_id=operator.id) for code in codes)
    session.flush()
    return codes


def _remove(session: Session, operator: Operator) -> None:
    _lock(session, operator)
    session.execute(delete(SecondFactor).where(SecondFactor.operator_id == operator.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator.id))


def _tell_changed(
    session: Session, operator: Operator, now: datetime, *, is_on: bool, keep_session_id: int | None
) -> None:
    session.flush()
    audit.write(session, AuditKind.SECOND_FACTOR_ON if is_on else AuditKind.SECOND_FACTOR_OFF, operator)
    end_sessions(session, operator, now, reason=REASON, but_session_id=keep_session_id)
    put_second_factor_changed(session, operator, now, is_on=is_on)


def _lock(session: Session, operator: Operator) -> None:
    session.execute(select(Operator.id).where(Operator.id == operator.id).with_for_update(key_share=True))
