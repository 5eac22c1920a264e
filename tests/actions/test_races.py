"""What many do at the same time, on PostgreSQL, where they really do: one owner, one place, no deadlock."""

import random
import subprocess
import sys
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import chats, presence
from actions.access import lock_presence
from actions.assignment import assign_at_once, claim
from actions.errors import AlreadyTaken
from actions.events import ChatChanged
from actions.messages import Author, Post, Posted, post_messages
from models import Chat, ChatStep, Message
from models.database import unit_of_work
from models.queries import people
from policy.errors import DomainError
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Do, Heard, looked, serve, set_auto, signed_in
from tests.actions.crowd import Crowd, Work, acting, becomes
from tests.support.clock import SteppingClock
from tests.support.company import Company

pytestmark = pytest.mark.databases("postgresql")

ONLINE, OFFLINE = OperatorStatus.ONLINE, OperatorStatus.OFFLINE
ROOT = Path(__file__).resolve().parents[2]


def taking(operator_id: int, chat_id: str, clock: SteppingClock) -> Work:
    def take(session: Session) -> Any:
        try:
            with unit_of_work(session):
                return chats.take(session, acting(session, operator_id), chat_id, clock()).chat.operator_id
        except AlreadyTaken as late:
            return late.operator

    return take


def test_two_who_take_at_the_same_instant_never_both_get_it(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    names = ("Anna", "Boris", "Clara", "David")
    operators = {company.operator(name, status=ONLINE).id: name for name in names}
    for _ in range(8):
        chat = company.chat()
        answers = crowd.together(*(taking(operator_id, chat.public_id, clock) for operator_id in operators))
        (winner,) = (answer for answer in answers if isinstance(answer, int))
        assert [answer for answer in answers if answer != winner] == [operators[winner]] * (len(names) - 1)
        session.expire_all()
        assert chat.operator_id == winner


def test_one_message_sent_many_times_at_once_is_stored_once(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    visitor = company.visitor()
    chat = company.chat(visitor, first_question="")
    post = Post(Author(visitor_id=visitor.id), chat.public_id, str(uuid.uuid4()), "Hello")

    def send(own: Session) -> list[Posted | DomainError]:
        with unit_of_work(own):
            return post_messages(own, [post, post], clock())

    answers = [answer for pair in crowd.together(*[send] * 10) for answer in pair]
    assert {(answer.seq, answer.revision) for answer in answers} == {(1, 2)}
    assert Counter(answer.duplicate for answer in answers) == {False: 1, True: 19}
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_chat_begun_many_times_at_once_is_one(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    visitor_id = company.visitor().id
    same = str(uuid.uuid4())

    def begin(own: Session) -> str:
        with unit_of_work(own):
            command = chats.Start(same, "default", first_question="Hello?")
            return chats.start(own, visitor_id, command, clock()).id

    assert len(set(crowd.together(*[begin] * 6))) == 1
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_batches_over_the_same_chats_in_any_order_never_lock_each_other_out(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    visitors = [company.visitor() for _ in range(6)]
    chats_of = {visitor.id: company.chat(visitor, first_question="").public_id for visitor in visitors}

    def send(seed: int) -> Work:
        dice = random.Random(seed)

        def batches(own: Session) -> int:
            for _ in range(10):
                pairs = list(chats_of.items())
                dice.shuffle(pairs)
                posts = [
                    Post(Author(visitor_id=who), chat, str(uuid.uuid4()), "Hello") for who, chat in pairs
                ]
                with unit_of_work(own):
                    answers = post_messages(own, posts, clock())
                assert all(isinstance(answer, Posted) for answer in answers)
            return 10

        return batches

    assert sum(crowd.together(*(send(seed) for seed in range(6)))) == 60
    session.expire_all()
    for visitor in visitors:
        seqs = session.scalars(
            select(Message.seq).join(Chat).where(Chat.visitor_id == visitor.id).order_by(Message.seq)
        ).all()
        assert seqs == list(range(1, 61))


def test_processes_racing_for_the_same_chats_fill_every_place_and_exceed_none(
    company: Company, session: Session, engine_url: str, tmp_path: Path
) -> None:
    """Two processes with four workers each: 40 chats, 6 operators, limit 5."""
    operators = [company.operator(status=ONLINE) for _ in range(6)]
    waiting = [company.chat() for _ in range(40)]
    set_auto(session, on=True)
    command = [sys.executable, "-m", "tests.support.claimer", engine_url, str(tmp_path)]
    claimers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for claimer in claimers:
        assert claimer.stdout is not None and claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    for claimer in claimers:
        claimer.communicate()
        assert claimer.returncode == 0
    session.expire_all()
    assert people.open_chats(session) == {operator.id: 5 for operator in operators}
    given = [chat for chat in waiting if chat.operator_id is not None]
    # The longest waiting ones, each given once.
    assert given == waiting[:30]
    steps = session.execute(
        select(ChatStep.chat_id, func.count().label("times"))
        .where(ChatStep.step == Step.ASSIGN)
        .group_by(ChatStep.chat_id)
    )
    assert {row.chat_id: row.times for row in steps} == {chat.id: 1 for chat in given}


class TestWaitingForALock:
    """Whoever waited for a lock decides from what is true afterwards, not from what they saw before."""

    def test_what_an_administrator_took_over_is_not_told_to_those_who_watched(
        self,
        company: Company,
        session: Session,
        clock: SteppingClock,
        do: Do,
        heard: Heard,
        crowd: Crowd,
    ) -> None:
        visitor, anna = company.visitor(), company.operator("Anna", status=ONLINE)
        chief = company.operator("Chief", status=ONLINE, is_admin=True)
        chat = company.chat(visitor, first_question="")
        do("take", anna, chat.public_id)
        heard.forget()
        chat_id, visitor_id, chief_id = chat.public_id, visitor.id, chief.id

        def post(own: Session) -> None:
            post = Post(Author(visitor_id=visitor_id), chat_id, str(uuid.uuid4()), "A secret")
            with unit_of_work(own):
                post_messages(own, [post], clock())

        crowd.meanwhile(lambda own: chats.take_over(own, acting(own, chief_id), chat_id, clock()), post)
        change = next(change for change in heard.of(ChatChanged) if change.messages)
        assert (change.after.operator_id, change.after.operator_is_admin) == (chief_id, True)

    def test_who_goes_offline_does_not_take_back_what_they_have_just_answered(
        self,
        company: Company,
        session: Session,
        clock: SteppingClock,
        do: Do,
        crowd: Crowd,
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        do("redirect_to_operator", company.administrator, chat.public_id, anna.id, "")
        own_session = signed_in(session, anna, clock)
        chat_id, anna_id = chat.public_id, anna.id

        def answer(own: Session) -> None:
            post_messages(
                own, [Post(Author(session_id=own_session), chat_id, str(uuid.uuid4()), "Hello")], clock()
            )

        def leave(own: Session) -> None:
            with unit_of_work(own):
                becomes(own, anna_id, OFFLINE, clock)

        crowd.meanwhile(answer, leave)
        session.expire_all()
        assert (chat.state, chat.operator_id) == (ChatState.CHATTING, anna.id)

    def test_nobody_is_given_a_chat_while_they_go_offline(
        self,
        company: Company,
        session: Session,
        clock: SteppingClock,
        crowd: Crowd,
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        chat = company.chat()
        chat_id, anna_id, admin_id = chat.public_id, anna.id, company.administrator.id

        def leave(own: Session) -> None:
            becomes(own, anna_id, OFFLINE, clock)

        def give(own: Session) -> Any:
            try:
                with unit_of_work(own):
                    actor = acting(own, admin_id)
                    chats.redirect_to_operator(own, actor, chat_id, anna_id, "", clock())
            except DomainError as refused:
                return refused.code
            return None

        assert crowd.meanwhile(leave, give) == "invalid"
        session.expire_all()
        assert chat.operator_id is None

    @pytest.mark.parametrize("change", ["goes", "is_given_another", "chat_ends"])
    def test_a_claim_sees_what_changed_while_it_waited(
        self, company: Company, session: Session, clock: SteppingClock, crowd: Crowd, change: str
    ) -> None:
        anna, visitor = company.operator("Anna", status=ONLINE, max_chats=1), company.visitor()
        chat, other = company.chat(visitor), company.chat()
        set_auto(session, on=True)
        chat_id, other_id = chat.public_id, other.public_id
        anna_id, visitor_id, admin_id = anna.id, visitor.id, company.administrator.id

        def happen(own: Session) -> None:
            if change == "goes":
                becomes(own, anna_id, OFFLINE, clock)
            elif change == "is_given_another":
                admin = acting(own, admin_id)
                chats.redirect_to_operator(own, admin, other_id, anna_id, "", clock())
            else:
                chats.close_by_visitor(own, visitor_id, chat_id, clock())

        snapshot = looked(session)

        def give(own: Session) -> bool:
            with unit_of_work(own):
                return claim(own, snapshot, clock(), waits=True)

        assert crowd.meanwhile(happen, give) is False
        session.expire_all()
        assert chat.operator_id is None
        # And then the queue is served from what is true now.
        assert serve(session, clock) == (1 if change == "chat_ends" else 0)
        assert (other.operator_id == anna_id) is (change != "goes")

    def test_what_others_are_giving_is_passed_over(
        self, company: Company, session: Session, clock: SteppingClock, crowd: Crowd
    ) -> None:
        anna, boris = (company.operator(name, status=ONLINE) for name in ("Anna", "Boris"))
        first, second = company.chat(), company.chat()
        set_auto(session, on=True)

        def give(own: Session) -> bool:
            snapshot = looked(own)
            with unit_of_work(own):
                return claim(own, snapshot, clock())

        with unit_of_work(session):
            lock_presence(session, [anna.id])
            assert crowd.together(give) == [True]
            lock_presence(session, [boris.id])
            assert crowd.together(give) == [False]
        session.expire_all()
        # The one who is due to Anna is still hers; the other one did not wait for it.
        assert (first.operator_id, second.operator_id) == (None, boris.id)
        assert serve(session, clock) == 1
        assert first.operator_id == anna.id

    def test_who_begins_a_chat_does_not_wait_for_an_operator(
        self, company: Company, session: Session, clock: SteppingClock, crowd: Crowd
    ) -> None:
        """Others lock the operator first and then visitors: waiting the other way round could be for ever."""
        anna, visitor_id = company.operator("Anna", status=ONLINE), company.visitor().id
        set_auto(session, on=True)

        def begin(own: Session) -> bool:
            with unit_of_work(own):
                command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?")
                chats.start(own, visitor_id, command, clock())
                return assign_at_once(own, visitor_id, clock()) is None

        with unit_of_work(session):
            lock_presence(session, [anna.id])
            assert crowd.together(begin) == [True]
        assert serve(session, clock) == 1

    def test_who_comes_back_just_now_is_not_taken_for_gone(
        self, company: Company, session: Session, clock: SteppingClock, crowd: Crowd
    ) -> None:
        anna = company.operator("Anna", status=ONLINE)
        anna_id = anna.id
        clock.forward(hours=1)
        long_ago = clock() - timedelta(hours=1)

        def sweep(own: Session) -> int:
            with unit_of_work(own):
                return presence.switch_gone_offline(own, clock(), long_ago)

        assert crowd.meanwhile(lambda own: presence.note_seen(own, [anna_id], clock()), sweep) == 0
        session.expire_all()
        assert anna.presence.status is ONLINE
