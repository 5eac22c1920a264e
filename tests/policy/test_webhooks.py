"""What a change of a chat is called, how a delivery is signed, and how long a receiver is tried."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.facts import ChatFacts
from policy.languages import Language
from policy.retry import PAUSES, next_try_of_receiver
from policy.signatures import secret_text, signature, signatures
from policy.transitions import ChatState
from policy.webhooks import HookEvent, chat_events, is_given_up, is_refused, is_switched_off
from tests.support.receiver import WINDOW, is_genuine

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAITS = ChatFacts(id=1, state=ChatState.QUEUE, language=Language.RU, queued_at=NOW, department_id=1)
ASSIGNED = replace(WAITS, operator_id=7)
TALKS = replace(ASSIGNED, state=ChatState.CHATTING)
CLOSED = replace(TALKS, state=ChatState.CLOSED_BY_OPERATOR)
E = HookEvent


@pytest.mark.parametrize(
    ("before", "after", "is_answered", "events"),
    [
        (None, WAITS, False, [E.CHAT_STARTED]),
        (None, ASSIGNED, False, [E.CHAT_STARTED, E.CHAT_ASSIGNED]),
        (None, replace(WAITS, state=ChatState.INVITATION), False, []),
        (replace(WAITS, state=ChatState.INVITATION), WAITS, False, [E.CHAT_STARTED]),
        (WAITS, ASSIGNED, False, [E.CHAT_ASSIGNED]),
        (WAITS, TALKS, False, [E.CHAT_TAKEN]),
        (ASSIGNED, TALKS, True, [E.CHAT_TAKEN]),
        (TALKS, replace(TALKS, operator_id=8), True, [E.CHAT_TAKEN]),
        (TALKS, replace(ASSIGNED, operator_id=8), True, [E.CHAT_REDIRECTED]),
        (ASSIGNED, replace(ASSIGNED, operator_id=8), False, [E.CHAT_REDIRECTED]),
        (TALKS, replace(WAITS, department_id=2), True, [E.CHAT_REDIRECTED]),
        (WAITS, replace(WAITS, department_id=2), False, [E.CHAT_REDIRECTED]),
        (ASSIGNED, WAITS, False, [E.CHAT_RETURNED]),
        (TALKS, WAITS, True, [E.CHAT_RETURNED]),
        (TALKS, TALKS, True, []),
        (WAITS, WAITS, False, []),
        (TALKS, CLOSED, True, [E.CHAT_CLOSED]),
        (WAITS, replace(WAITS, state=ChatState.CLOSED_BY_VISITOR), False, [E.CHAT_CLOSED, E.CHAT_MISSED]),
        (WAITS, replace(WAITS, state=ChatState.CLOSED), False, [E.CHAT_CLOSED, E.CHAT_MISSED]),
        (CLOSED, CLOSED, True, []),
        (CLOSED, WAITS, True, [E.CHAT_REOPENED]),
        (CLOSED, ASSIGNED, True, [E.CHAT_REOPENED, E.CHAT_ASSIGNED]),
    ],
)
def test_a_change_has_its_name(
    before: ChatFacts | None, after: ChatFacts, is_answered: bool, events: list[HookEvent]
) -> None:
    assert chat_events(before, after, is_answered=is_answered) == events


class TestSignature:
    secret = secret_text(bytes(range(32)))

    def test_it_is_that_of_the_standard(self) -> None:
        # The example of the specification of Standard Webhooks.
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        body = '{"test": 2432232314}'
        made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @given(st.text(), st.text())
    def test_only_the_very_body_is_genuine(self, body: str, other: str) -> None:
        header = signature(self.secret, "evt_1", int(NOW.timestamp()), body)
        told = str(int(NOW.timestamp()))
        assert is_genuine(self.secret, "evt_1", told, body, header, NOW)
        assert is_genuine(self.secret, "evt_1", told, other, header, NOW) == (other == body)

    @pytest.mark.parametrize(
        ("change", "is_believed"),
        [
            ({}, True),
            ({"delivery": "evt_2"}, False),
            ({"timestamp": str(int(NOW.timestamp()) + 1)}, False),
            ({"timestamp": "soon"}, False),
            ({"header": ""}, False),
            ({"header": "v1,"}, False),
            ({"header": "v1,я"}, False),
            ({"secret": secret_text(b"0" * 32)}, False),
            ({"now": NOW + WINDOW}, True),
            ({"now": NOW + WINDOW + timedelta(seconds=1)}, False),
            ({"now": NOW - WINDOW - timedelta(seconds=1)}, False),
        ],
    )
    def test_what_is_forged_or_replayed_is_not_believed(
        self, change: dict[str, object], is_believed: bool
    ) -> None:
        stamp = int(NOW.timestamp())
        given = {
            "secret": self.secret,
            "delivery": "evt_1",
            "timestamp": str(stamp),
            "body": "{}",
            "header": signature(self.secret, "evt_1", stamp, "{}"),
            "now": NOW,
        }
        assert is_genuine(**{**given, **change}) is is_believed  # type: ignore[arg-type]

    def test_after_a_change_either_secret_will_do(self) -> None:
        other, stamp = secret_text(b"0" * 32), int(NOW.timestamp())
        header = signatures([other, self.secret], "evt_1", stamp, "{}")
        assert all(is_genuine(one, "evt_1", str(stamp), "{}", header, NOW) for one in (other, self.secret))


def test_the_pauses_of_a_receiver_grow_and_stay() -> None:
    pauses = [next_try_of_receiver(failures, NOW) - NOW for failures in range(1, 40)]
    assert pauses[:5] == list(PAUSES[:5])
    assert pauses == sorted(pauses) and pauses[-1] == timedelta(hours=2)
    with pytest.raises(ValueError, match="failed"):
        next_try_of_receiver(0, NOW)


def test_what_the_receiver_has_read_and_refused_stands_in_nobodys_way() -> None:
    assert [is_refused(400, tries) for tries in (1, 2, 3)] == [False, False, True]
    assert not any(is_refused(code, 100) for code in (None, 301, 401, 403, 404, 408, 410, 429, 500, 503))


def test_what_fails_for_days_is_given_up_and_who_fails_for_longer_is_switched_off() -> None:
    assert not is_given_up(NOW, NOW + timedelta(days=2, hours=23))
    assert is_given_up(NOW, NOW + timedelta(days=3))
    assert not is_switched_off(NOW, NOW + timedelta(days=4, hours=23))
    assert is_switched_off(NOW, NOW + timedelta(days=5))
