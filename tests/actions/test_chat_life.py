"""What time does to chats: back to the queue, to a break, closed, left, silent; each exactly once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chat_life, presence, visits
from actions.events import ChatChanged, ChatReturned, OperatorChanged
from actions.messages import Author, Post, post_messages
from models import Chat, ChatStep, Operator, StatusChange, VisitorPresence
from models.database import unit_of_work
from models.queries import people
from models.settings import load_settings
from policy.languages import Language
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Counting, Do, Heard, bodies_in, serve, set_auto, signed_in, steps_of
from tests.actions.crowd import Crowd
from tests.support.clock import START, SteppingClock
from tests.support.company import Company

ONLINE, OFFLINE, BREAK = OperatorStatus.ONLINE, OperatorStatus.OFFLINE, OperatorStatus.BREAK
LONG_AGO = START - timedelta(days=1)
PASSED_ON = "We are passing you on to another operator. You keep your place in the queue."
HANDED_ON = "The operator had to leave. A colleague will go on with this chat; nothing is lost."
Pass = Callable[[], list[str]]


@pytest.fixture
def settings(session: Session) -> Callable[..., None]:
    def change(**values: object) -> None:
        with unit_of_work(session):
            for name, value in values.items():
                setattr(load_settings(session), name, value)

    change(language=Language.EN)
    return change


def pass_time(session: Session, now: datetime) -> list[str]:
    """One round of the loop: the steps that were taken."""
    session.rollback()
    outlook = chat_life.look_ahead(session, now, now + timedelta(minutes=1), LONG_AGO)
    taken = []
    for one in outlook.due:
        with unit_of_work(session):
            if chat_life.carry_out(session, one, now, LONG_AGO):
                taken.append(one.step.value)
    session.expire_all()
    return taken


@pytest.fixture
def round_(session: Session, clock: SteppingClock) -> Pass:
    return lambda: pass_time(session, clock())


def is_here(session: Session, chat: Chat, at: datetime) -> None:
    with unit_of_work(session):
        session.merge(VisitorPresence(visitor_id=chat.visitor_id, seen_at=at))


def write(session: Session, author: Author, chat: Chat, body: str, clock: SteppingClock) -> None:
    with unit_of_work(session):
        (answer,) = post_messages(session, [Post(author, chat.public_id, body, body)], clock())
    assert not isinstance(answer, Exception)
    session.expire_all()


def set_status(session: Session, operator: Operator, status: OperatorStatus, clock: SteppingClock) -> None:
    with unit_of_work(session):
        presence.change_status(session, operator, status, clock(), by_operator_id=operator.id)


@pytest.mark.usefixtures("settings")
class TestNoAnswer:
    @pytest.fixture(autouse=True)
    def auto(self, session: Session, company: Company) -> None:
        set_auto(session, on=True)

    def test_it_goes_back_to_its_old_place_and_both_sides_are_told(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard, round_: Pass
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        place = chat.queued_at
        clock.forward(seconds=5)
        serve(session, clock)
        heard.forget()
        clock.forward(seconds=59)
        assert round_() == []
        clock.forward(seconds=1)
        assert (round_(), round_()) == (["no_answer"], [])
        assert (chat.state, chat.operator_id, chat.assigned_at) == (ChatState.QUEUE, None, None)
        assert (chat.queued_at, chat.tried_operator_ids) == (place, [anna.id])
        assert bodies_in(session, chat) == ["Hello?", PASSED_ON]
        (step,) = session.scalars(select(ChatStep).where(ChatStep.step == Step.RETURN_TO_QUEUE))
        assert step.why == {"reason": "no_answer", "operator_id": anna.id, "seconds": 60}
        assert [type(one) for one in heard.all[:2]] == [ChatReturned, ChatChanged]
        assert heard.of(ChatReturned) == [ChatReturned(chat.public_id, anna.id, "no_answer")]
        (change,) = heard.of(ChatChanged)
        assert change.before is not None and change.before.operator_id == anna.id
        assert (anna.presence.misses, anna.presence.status) == (1, ONLINE)

    @pytest.mark.parametrize(("auto", "seconds"), [(False, 60), (True, 0)])
    def test_it_stays_where_nothing_is_to_be_taken_back(
        self,
        company: Company,
        session: Session,
        clock: SteppingClock,
        settings: Any,
        round_: Pass,
        auto: bool,
        seconds: int,
    ) -> None:
        company.operator("Anna", status=ONLINE)
        company.chat()
        serve(session, clock)
        settings(auto_assignment=auto, answer_seconds=seconds)
        clock.forward(minutes=100)
        assert "no_answer" not in round_()

    def test_typing_holds_it_up(
        self, company: Company, session: Session, clock: SteppingClock, round_: Pass
    ) -> None:
        company.operator("Anna", status=ONLINE)
        chat = company.chat()
        serve(session, clock)
        clock.forward(seconds=59)
        for _ in range(4):
            with unit_of_work(session):
                chat_life.note_typing(session, chat, clock())
            session.expire_all()
            clock.forward(seconds=3)
        assert round_() == []
        assert chat.answer_paused_ms == 15_000
        clock.forward(seconds=4)
        assert round_() == ["no_answer"]

    def test_several_in_a_row_lead_to_a_break_with_a_reason(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard, round_: Pass
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        given = [company.chat() for _ in range(4)]
        for _chat in given[:3]:
            serve(session, clock)
        heard.forget()
        clock.forward(seconds=60)
        # The third miss ends her turn: what is left of hers is not a miss of its own, but goes back too.
        assert round_() == ["no_answer"] * 3
        assert [chat.operator_id for chat in given] == [None] * 4
        assert (anna.presence.status, anna.presence.status_reason) == (BREAK, "missed_chats")
        last = session.scalars(select(StatusChange).order_by(StatusChange.id.desc()).limit(1)).one()
        assert (last.status, last.reason, last.by_operator_id) == (BREAK, "missed_chats", None)
        (told,) = heard.of(OperatorChanged)
        assert told.view is not None and told.view.status_reason == "missed_chats"
        set_status(session, anna, ONLINE, clock)
        session.expire_all()
        assert (anna.presence.misses, anna.presence.status_reason) == (0, None)

    def test_an_answer_between_begins_the_count_anew(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, settings: Any, round_: Pass
    ) -> None:
        settings(misses_before_break=2)
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        serve(session, clock)
        clock.forward(seconds=60)
        assert round_() == ["no_answer"]
        clock.forward(seconds=1)
        serve(session, clock)
        do("take", anna, chat.public_id)
        clock.forward(seconds=1)
        company.chat()
        serve(session, clock)
        clock.forward(seconds=60)
        assert "no_answer" in round_()
        assert (anna.presence.misses, anna.presence.status) == (1, ONLINE)

    def test_whom_the_visitor_asked_for_is_asked_for_no_more(
        self, company: Company, session: Session, clock: SteppingClock, round_: Pass
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
        chat = company.chat(operator=anna.public_id)
        serve(session, clock)
        clock.forward(seconds=60)
        round_()
        assert chat.requested_operator_id is None
        serve(session, clock)
        session.expire_all()
        assert chat.operator_id == boris.id

    def test_it_goes_to_who_has_not_had_it_and_then_begins_again(
        self, company: Company, session: Session, clock: SteppingClock, settings: Any, round_: Pass
    ) -> None:
        settings(misses_before_break=0)
        for name in ("Anna", "Boris"):
            company.operator(name, status=ONLINE)
        busy = company.operator("Clara", status=ONLINE)
        # Clara has a conversation: by load alone the chat would go to and fro between the other two.
        with unit_of_work(session):
            talk = company.chat()
            talk.operator_id, talk.state = busy.id, ChatState.CHATTING
        chat = company.chat()
        owners = []
        for _ in range(4):
            serve(session, clock)
            session.expire_all()
            owners.append(chat.operator_id)
            is_here(session, chat, clock.forward(seconds=60))
            is_here(session, talk, clock())
            assert round_() == ["no_answer"]
        assert len(set(owners[:3])) == 3
        assert owners[3] == owners[0]
        assert chat.tried_operator_ids == [owners[0]]
        # However many rounds it makes, the visitor is told once of this wait.
        assert bodies_in(session, chat) == ["Hello?", PASSED_ON]

    def test_who_talked_to_the_visitor_last_comes_first_where_that_is_wanted(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, settings: Any
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
        visitor = company.visitor()

        def next_owner() -> int | None:
            chat = company.chat(visitor)
            serve(session, clock)
            session.expire_all()
            owner = chat.operator_id
            if owner == boris.id:
                own = Author(session_id=signed_in(session, boris, clock))
                write(session, own, chat, "Yes", clock)
            do("close_by_visitor", visitor, chat.public_id)
            clock.forward(seconds=1)
            return owner

        assert [next_owner() for _ in range(3)] == [anna.id, boris.id, anna.id]
        settings(prefers_last_operator=True)
        assert [next_owner() for _ in range(3)] == [boris.id] * 3
        (why,) = session.scalars(
            select(ChatStep.why).where(ChatStep.step == Step.ASSIGN).order_by(ChatStep.id.desc()).limit(1)
        )
        assert why is not None and why["tiebreak"] == "last_operator"
        set_status(session, boris, OperatorStatus.LUNCH, clock)
        assert next_owner() == anna.id

    def test_many_processes_take_it_back_once(
        self, company: Company, session: Session, clock: SteppingClock, crowd: Crowd
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        serve(session, clock)
        at = clock.forward(seconds=60)
        session.rollback()
        (one,) = chat_life.look_ahead(session, at, at, LONG_AGO).due
        session.rollback()

        def take_back(own: Session) -> bool:
            with unit_of_work(own):
                return chat_life.carry_out(own, one, at, LONG_AGO)

        assert sorted(crowd.together(*[take_back] * 4)) == [False, False, False, True]
        session.expire_all()
        assert steps_of(session, chat).count(Step.RETURN_TO_QUEUE) == 1
        assert anna.presence.misses == 1


@pytest.mark.usefixtures("settings")
class TestOperatorAway:
    def test_a_conversation_waits_for_its_operator_and_then_goes_on_with_a_colleague(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, round_: Pass
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        talk, back = company.chat(), company.chat()
        do("take", anna, talk.public_id)
        do("take", anna, back.public_id)
        do("close_by_operator", anna, back.public_id)
        set_status(session, anna, OFFLINE, clock)
        is_here(session, talk, clock.forward(seconds=179))
        assert round_() == []
        clock.forward(seconds=1)
        assert (round_(), round_()) == (["operator_away"], [])
        assert (talk.state, talk.operator_id) == (ChatState.QUEUE, None)
        assert bodies_in(session, talk) == ["Hello?", HANDED_ON]
        assert back.operator_id == anna.id

    def test_who_comes_back_in_time_keeps_it(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, round_: Pass
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        talk = company.chat()
        do("take", anna, talk.public_id)
        set_status(session, anna, OFFLINE, clock)
        clock.forward(seconds=179)
        set_status(session, anna, OperatorStatus.LUNCH, clock)
        is_here(session, talk, clock.forward(minutes=20))
        assert round_() == []
        assert talk.operator_id == anna.id

    def test_what_she_has_not_begun_goes_at_once(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard
    ) -> None:
        set_auto(session, on=True)
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        serve(session, clock)
        set_status(session, anna, OFFLINE, clock)
        session.expire_all()
        assert (chat.state, chat.operator_id) == (ChatState.QUEUE, None)
        assert bodies_in(session, chat) == ["Hello?", PASSED_ON]
        assert heard.of(ChatReturned) == [ChatReturned(chat.public_id, anna.id, "operator_offline")]


@pytest.mark.usefixtures("settings")
class TestSilence:
    def test_a_chat_closes_by_itself_with_the_companys_words(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, settings: Any, round_: Pass
    ) -> None:
        settings(chat_closed_texts={"en": "Good bye."})
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        do("take", anna, chat.public_id)
        clock.forward(minutes=20)
        write(session, Author(visitor_id=chat.visitor_id), chat, "Still there?", clock)
        is_here(session, chat, clock.forward(minutes=29))
        assert round_() == []
        is_here(session, chat, clock.forward(minutes=1))
        assert (round_(), round_()) == (["silence"], [])
        assert (chat.state, chat.closed_at) == (ChatState.CLOSED, clock())
        assert bodies_in(session, chat) == ["Hello?", "Still there?", "Good bye."]
        assert steps_of(session, chat)[-1] is Step.CLOSE_BY_TIME

    def test_who_waits_in_the_queue_is_sent_away_only_when_they_have_left(
        self, company: Company, session: Session, clock: SteppingClock, round_: Pass
    ) -> None:
        chat = company.chat()
        is_here(session, chat, clock.forward(minutes=31))
        assert round_() == []
        clock.forward(minutes=2)
        assert round_() == ["visitor_left"]
        assert round_() == ["silence"]

    def test_switched_off_it_stays_open(
        self, company: Company, clock: SteppingClock, settings: Any, round_: Pass
    ) -> None:
        settings(silence_closes_after_minutes=0)
        company.chat()
        clock.forward(days=3)
        assert (round_(), round_()) == (["visitor_left"], [])


@pytest.mark.usefixtures("settings")
class TestLeaving:
    def test_the_operator_sees_that_the_visitor_left_and_that_they_are_back(
        self, company: Company, session: Session, clock: SteppingClock, heard: Heard, round_: Pass
    ) -> None:
        chat = company.chat()
        seen = clock.forward(minutes=1)
        is_here(session, chat, seen)
        heard.forget()
        clock.forward(minutes=2)
        assert (round_(), round_()) == (["visitor_left"], [])
        assert chat.visitor_left_at == seen
        (change,) = heard.of(ChatChanged)
        assert change.view is not None and change.view.visitor_left_at == seen
        is_here(session, chat, clock.forward(minutes=5))
        assert (round_(), round_()) == (["visitor_back"], [])
        assert chat.visitor_left_at is None

    def test_who_writes_is_there(
        self, company: Company, session: Session, clock: SteppingClock, round_: Pass
    ) -> None:
        chat = company.chat()
        clock.forward(minutes=2)
        assert round_() == ["visitor_left"]
        clock.forward(minutes=1)
        write(session, Author(visitor_id=chat.visitor_id), chat, "Here I am", clock)
        assert chat.visitor_left_at is None


class TestBeingHere:
    def test_of_those_who_are_here_those_with_an_open_chat_are_remembered(
        self, company: Company, session: Session, clock: SteppingClock, do: Do
    ) -> None:
        chat, ended, elsewhere, silent = company.chat(), company.chat(), company.chat(), company.visitor()
        do("close_by_visitor", ended.visitor, ended.public_id)
        here = [chat.visitor_id, ended.visitor_id, silent.id]

        def seen() -> dict[int, datetime]:
            session.rollback()
            rows = session.scalars(select(VisitorPresence))
            return {row.visitor_id: row.seen_at for row in rows}

        for _ in range(2):
            with unit_of_work(session):
                assert not visits.note_here(session, here, clock.forward(seconds=10))
            assert seen() == {chat.visitor_id: clock()}
        with unit_of_work(session):
            chat.visitor_left_at = clock()
        with unit_of_work(session):
            assert not visits.note_here(session, [elsewhere.visitor_id], clock())
        with unit_of_work(session):
            assert visits.note_here(session, here, clock())
            visits.forget_old_presence(session, clock.forward(days=2))
        assert seen() == {}


@pytest.mark.usefixtures("settings")
class TestSilentVisitor:
    def test_the_chat_leaves_the_limit_until_the_visitor_writes(
        self, company: Company, session: Session, clock: SteppingClock, do: Do, settings: Any, round_: Pass
    ) -> None:
        settings(silent_chats_leave_limit=True)
        anna = company.operator("Anna", status=ONLINE, max_chats=1)
        chat = company.chat()
        do("take", anna, chat.public_id)
        own = Author(session_id=signed_in(session, anna, clock))
        write(session, own, chat, "Yes?", clock)

        def load() -> int:
            session.rollback()
            facts = people.online_facts(session)
            mine = people.facts_of(session, anna)
            assert [one.load for one in facts] == [mine.load]
            return mine.load

        is_here(session, chat, clock.forward(seconds=299))
        assert (round_(), load()) == ([], 1)
        is_here(session, chat, clock.forward(seconds=1))
        assert (round_(), round_(), load()) == (["visitor_silent"], [], 0)
        write(session, own, chat, "Are you there?", clock)
        assert load() == 0
        settings(silent_chats_leave_limit=False)
        assert load() == 1
        settings(silent_chats_leave_limit=True)
        write(session, Author(visitor_id=chat.visitor_id), chat, "I am", clock)
        assert load() == 1


@pytest.mark.usefixtures("settings")
class TestLookingAhead:
    def test_it_says_when_the_next_step_is_due(
        self, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        chat = company.chat()
        at = clock.forward(seconds=90)
        session.rollback()
        outlook = chat_life.look_ahead(session, at, at + timedelta(minutes=1), LONG_AGO)
        assert (outlook.due, outlook.next_at) == ([], chat.started_at + timedelta(minutes=2))

    def test_its_cost_does_not_grow_with_open_chats(
        self, company: Company, session: Session, clock: SteppingClock, counted: Counting
    ) -> None:
        def cost() -> int:
            session.rollback()
            with counted() as statements:
                chat_life.look_ahead(session, clock(), clock() + timedelta(minutes=1), LONG_AGO)
            return len(statements)

        company.chat()
        clock.forward(minutes=5)
        first = cost()
        for _ in range(5):
            company.chat()
        assert cost() == first
