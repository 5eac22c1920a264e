"""Everything at once on the same few chats, on PostgreSQL: no deadlock, no half state, no limit exceeded."""

import random
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import chats
from actions.messages import Author, Post, Read, mark_read, post_messages
from models import Chat, ChatStep, Message, OperatorPresence, Visitor
from models.database import unit_of_work
from models.queries import people
from policy.errors import DomainError
from policy.routing import can_be_assigned
from policy.statuses import OperatorStatus
from policy.transitions import ChatState
from tests.actions.conftest import set_auto, signed_in
from tests.actions.crowd import Crowd, Work, acting, becomes, serve_once
from tests.support.clock import SteppingClock
from tests.support.company import Company

pytestmark = pytest.mark.databases("postgresql")

ONLINE, OFFLINE = OperatorStatus.ONLINE, OperatorStatus.OFFLINE
KINDS = ["take", "give", "put_back", "write", "answer", "read", "status", "serve", "close"]


@dataclass
class Storm:
    """One thread's part in it: random steps over chats and people that all threads share."""

    dice: random.Random
    clock: SteppingClock
    administrator: int
    sessions: dict[int, int]
    chats_of: dict[int, str]

    def __call__(self, session: Session) -> None:
        for _ in range(25):
            kind = self.dice.choice(KINDS)
            visitor_id, chat_id = self.dice.choice(list(self.chats_of.items()))
            operator_id = self.dice.choice(list(self.sessions))
            if kind == "serve":
                serve_once(session, self.clock)
                continue
            with suppress(DomainError), unit_of_work(session):
                getattr(self, f"_{kind}")(session, visitor_id, chat_id, operator_id)

    def _take(self, session: Session, _visitor: int, chat: str, operator: int) -> None:
        chats.take(session, acting(session, operator), chat, self.clock())

    def _give(self, session: Session, _visitor: int, chat: str, operator: int) -> None:
        actor = acting(session, self.administrator)
        chats.redirect_to_operator(session, actor, chat, operator, "", self.clock())

    def _put_back(self, session: Session, _visitor: int, chat: str, _operator: int) -> None:
        actor = acting(session, self.administrator)
        chats.redirect_to_department(session, actor, chat, None, "", self.clock())

    def _write(self, session: Session, visitor: int, chat: str, _operator: int) -> None:
        post = Post(Author(visitor_id=visitor), chat, str(uuid.uuid4()), "Hello")
        post_messages(session, [post], self.clock())

    def _answer(self, session: Session, _visitor: int, chat: str, operator: int) -> None:
        post = Post(Author(session_id=self.sessions[operator]), chat, str(uuid.uuid4()), "Hello")
        post_messages(session, [post], self.clock())

    def _read(self, session: Session, visitor: int, chat: str, _operator: int) -> None:
        mark_read(session, [Read(Author(visitor_id=visitor), chat, 3)], self.clock())

    def _status(self, session: Session, _visitor: int, _chat: str, operator: int) -> None:
        status = self.dice.choice([ONLINE, ONLINE, OFFLINE, OperatorStatus.LUNCH])
        becomes(session, operator, status, self.clock)

    def _close(self, session: Session, visitor: int, chat: str, _operator: int) -> None:
        if self.dice.random() < 0.2:
            chats.close_by_visitor(session, visitor, chat, self.clock())


def test_in_a_storm_of_everything_the_invariants_hold(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    operators = [company.operator(status=ONLINE, max_chats=2) for _ in range(4)]
    sessions = {operator.id: signed_in(session, operator, clock) for operator in operators}
    visitors = [company.visitor() for _ in range(8)]
    chats_of = {visitor.id: company.chat(visitor).public_id for visitor in visitors}
    set_auto(session, on=True)
    administrator = company.administrator.id
    crowd.together(
        *(Storm(random.Random(seed), clock, administrator, sessions, chats_of) for seed in range(6))
    )
    session.expire_all()
    for chat in session.scalars(select(Chat)):
        assert chat.state is not ChatState.CHATTING or chat.operator_id is not None
        assert places(session, chat) == list(range(1, chat.last_seq + 1))
        assert last_step(session, chat) == (chat.state, chat.operator_id)
    assert not left_with_people_offline(session)
    for visitor in session.scalars(select(Visitor)):
        newest = session.scalar(select(func.max(Chat.revision)).where(Chat.visitor_id == visitor.id))
        assert visitor.revision == newest


def places(session: Session, chat: Chat) -> list[int]:
    query = select(Message.seq).where(Message.chat_id == chat.id)
    return list(session.scalars(query.order_by(Message.seq)))


def last_step(session: Session, chat: Chat) -> tuple[ChatState, int | None]:
    query = select(ChatStep).where(ChatStep.chat_id == chat.id)
    step = session.scalars(query.order_by(ChatStep.id.desc()).limit(1)).one()
    return step.state, step.operator_id


def left_with_people_offline(session: Session) -> list[int]:
    """Chats that nobody has begun to answer, and whose operator is offline."""
    query = select(Chat.id).join(OperatorPresence, OperatorPresence.operator_id == Chat.operator_id)
    return list(
        session.scalars(query.where(Chat.state == ChatState.QUEUE, OperatorPresence.status == OFFLINE))
    )


def coming(visitor_ids: list[int], operator_ids: list[int], clock: SteppingClock) -> Work:
    """Visitors begin chats while operators go and come; in the end everybody is online."""
    dice = random.Random(7)

    def work(session: Session) -> None:
        for visitor_id in visitor_ids:
            with unit_of_work(session):
                command = chats.Start(str(uuid.uuid4()), "default", first_question="Hello?")
                chats.start(session, visitor_id, command, clock())
            for status in (OFFLINE, ONLINE):
                with unit_of_work(session):
                    becomes(session, dice.choice(operator_ids), status, clock)
        for operator_id in operator_ids:
            with unit_of_work(session):
                becomes(session, operator_id, ONLINE, clock)

    return work


def test_while_chats_come_and_people_go_no_limit_is_exceeded_and_in_the_end_nobody_waits_in_vain(
    company: Company, session: Session, clock: SteppingClock, crowd: Crowd
) -> None:
    operator_ids = [company.operator(status=ONLINE, max_chats=2).id for _ in range(3)]
    visitor_ids = [company.visitor().id for _ in range(9)]
    set_auto(session, on=True)
    has_ended = threading.Event()
    most: list[int] = []

    def serving(own: Session) -> None:
        while True:
            is_last = has_ended.is_set()
            was_planned = serve_once(own, clock)
            most.append(max(people.open_chats(own).values(), default=0))
            if is_last and not was_planned:
                return

    def then_end(own: Session) -> None:
        try:
            coming(visitor_ids, operator_ids, clock)(own)
        finally:
            has_ended.set()

    crowd.together(serving, serving, serving, then_end)
    assert max(most) == 2
    session.expire_all()
    online = people.online_facts(session)
    waiting = session.scalars(
        select(Chat).where(Chat.state == ChatState.QUEUE, Chat.operator_id.is_(None))
    ).all()
    assert not [1 for chat in waiting for operator in online if can_be_assigned(operator, chat.facts())]
    assert sum(people.open_chats(session).values()) == 6
