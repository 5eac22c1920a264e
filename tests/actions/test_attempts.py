"""Attempts are counted before they are looked at; each kind has its limits, and right ones are no guesses."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import attempts
from actions.attempts import Attempt
from models import SignInAttempt
from models.database import unit_of_work
from models.operators import Guess
from tests.support.clock import SteppingClock

EMAIL, HOME, ELSEWHERE, DEVICE = "anna@example.com", "192.0.2.1", "192.0.2.2", "D" * 22


class Door:
    """Somebody who tries to get in."""

    def __init__(self, session: Session, clock: SteppingClock) -> None:
        self._session = session
        self._clock = clock

    def attempt(
        self, guess: Guess = Guess.PASSWORD, account: str = EMAIL, address: str = HOME, device: str = ""
    ) -> Attempt:
        return Attempt(guess, account, address, self._clock(), device)

    def fail(self, times: int = 1, **fields: object) -> int:
        """Gives the seconds to wait that the last one was told."""
        wait = 0
        for _ in range(times):
            with unit_of_work(self._session) as session:
                wait = attempts.begin(session, self.attempt(**fields))  # type: ignore[arg-type]
        return wait

    def wait(self, **fields: object) -> int:
        self._session.rollback()
        return attempts.seconds_to_wait(self._session, self.attempt(**fields))  # type: ignore[arg-type]

    def count(self) -> int:
        self._session.rollback()
        return self._session.scalar(select(func.count()).select_from(SignInAttempt)) or 0


@pytest.fixture
def door(session: Session, clock: SteppingClock) -> Door:
    return Door(session, clock)


class TestPasswords:
    def test_five_failures_from_one_address_stop_that_pair_for_half_an_hour(
        self, door: Door, clock: SteppingClock
    ) -> None:
        assert door.fail(4) == 0 and door.wait() == 0
        assert door.fail() == 0
        assert door.wait() == door.fail() == 30 * 60
        # The owner of the account is elsewhere, and somebody else sits behind the same address.
        assert door.wait(address=ELSEWHERE) == 0
        assert door.wait(account="boris@example.com") == 0
        clock.forward(minutes=29, seconds=59)
        assert door.wait() == 1
        clock.forward(seconds=1)
        assert door.wait() == 0

    def test_twenty_in_an_hour_stop_the_account_from_everywhere(self, door: Door) -> None:
        for number in range(20):
            door.fail(address=f"192.0.2.{number}")
        assert door.wait(address="198.51.100.1") == 60 * 60

    def test_ten_in_five_minutes_stop_the_address_for_every_account(self, door: Door) -> None:
        for number in range(10):
            door.fail(account=f"operator{number}@example.com")
        assert door.wait() == 5 * 60
        assert door.wait(address=ELSEWHERE) == 0

    def test_a_thousand_in_five_minutes_stop_everybody_unknown(
        self, door: Door, session: Session, clock: SteppingClock
    ) -> None:
        with unit_of_work(session):
            session.add_all(
                SignInAttempt(email=f"{number}@example.com", address=f"a{number}", at=clock())
                for number in range(1000)
            )
        assert door.wait() == 5 * 60
        assert door.wait(device=DEVICE) == 0

    def test_a_known_browser_is_counted_by_itself(self, door: Door) -> None:
        for number in range(20):
            door.fail(address=f"192.0.2.{number}")
        assert door.wait(device=DEVICE) == 0
        door.fail(4, device=DEVICE)
        assert door.wait(device=DEVICE) == 0
        door.fail(device=DEVICE)
        assert door.wait(device=DEVICE) == 30 * 60

    def test_what_a_known_browser_gets_wrong_stops_nobody_else(self, door: Door) -> None:
        door.fail(5, device=DEVICE)
        assert door.wait() == 0


class TestOtherGuesses:
    def test_codes_of_an_account_have_three_limits(self, door: Door, clock: SteppingClock) -> None:
        door.fail(5, guess=Guess.CODE)
        assert door.wait(guess=Guess.CODE, address=ELSEWHERE) == 5 * 60
        for _ in range(3):
            clock.forward(minutes=5)
            door.fail(5, guess=Guess.CODE)
        clock.forward(minutes=5)
        # Twenty within the hour.
        assert door.wait(guess=Guess.CODE) == 40 * 60
        for _ in range(6):
            clock.forward(hours=1)
            door.fail(5, guess=Guess.CODE)
        clock.forward(hours=1)
        # Fifty within the day.
        assert door.wait(guess=Guess.CODE) > 60 * 60

    def test_current_passwords_are_counted_by_the_account(self, door: Door) -> None:
        door.fail(5, guess=Guess.CURRENT_PASSWORD)
        assert door.wait(guess=Guess.CURRENT_PASSWORD, address=ELSEWHERE) == 30 * 60
        assert door.wait(guess=Guess.CURRENT_PASSWORD, account="boris@example.com") == 0

    def test_codes_of_the_first_run_are_counted_by_the_address(self, door: Door) -> None:
        door.fail(5, guess=Guess.FIRST_RUN)
        assert door.wait(guess=Guess.FIRST_RUN) == 30 * 60
        assert door.wait(guess=Guess.FIRST_RUN, address=ELSEWHERE) == 0

    def test_one_kind_says_nothing_of_another(self, door: Door) -> None:
        for guess in (Guess.CODE, Guess.CURRENT_PASSWORD, Guess.FIRST_RUN):
            door.fail(5, guess=guess)
        assert door.wait() == 0


class TestTakingBack:
    @pytest.mark.parametrize("guess", Guess)
    def test_a_right_attempt_is_no_guess(
        self, door: Door, session: Session, clock: SteppingClock, guess: Guess
    ) -> None:
        door.fail(4, guess=guess)
        clock.forward(seconds=1)
        door.fail(guess=guess)
        assert door.wait(guess=guess) > 0
        with unit_of_work(session):
            attempts.take_back(session, door.attempt(guess))
        assert door.wait(guess=guess) == 0


class TestKeeping:
    def test_attempts_that_no_limit_looks_at_are_not_kept(self, door: Door, clock: SteppingClock) -> None:
        door.fail(3)
        door.fail(guess=Guess.CODE)
        clock.forward(hours=1, seconds=1)
        door.fail()
        assert door.count() == 2
        clock.forward(days=1)
        door.fail(guess=Guess.CODE)
        assert door.count() == 2

    def test_a_refused_attempt_is_not_counted(self, door: Door) -> None:
        door.fail(9)
        assert door.count() == 5

    def test_whatever_is_typed_can_be_noted(self, door: Door, session: Session) -> None:
        door.fail(account="x" * 1000, address="y" * 100)
        assert session.scalar(select(func.length(SignInAttempt.email))) == 254
        assert door.wait(account="x" * 1000, address="y" * 100) == 0


def test_nothing_is_kept_longer_or_shorter_than_its_limits_look_back() -> None:
    from policy import throttle

    longest = {
        Guess.PASSWORD: (
            *throttle.SIGN_IN_BY_ACCOUNT_AND_ADDRESS,
            *throttle.SIGN_IN_BY_ACCOUNT,
            *throttle.SIGN_IN_BY_ADDRESS,
            *throttle.SIGN_IN_ALTOGETHER,
            *throttle.SIGN_IN_BY_DEVICE,
        ),
        Guess.CODE: throttle.SECOND_FACTOR,
        Guess.CURRENT_PASSWORD: throttle.CURRENT_PASSWORD,
        Guess.FIRST_RUN: (*throttle.FIRST_RUN_BY_ADDRESS, *throttle.FIRST_RUN_ALTOGETHER),
    }
    for guess, limits in longest.items():
        assert attempts.KEPT[guess] >= timedelta(seconds=max(limit.window_seconds for limit in limits))
