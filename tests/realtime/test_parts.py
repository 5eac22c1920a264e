"""The parts under the sockets, each by itself: parsing, groups of commits, held polls, who is connected, who waits."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from actions.errors import Conflict, NotFound, TooFast
from actions.messages import Author, Post, Posted, Read
from config import Rate
from limits import Limiter
from models import Message, db
from models.database import unit_of_work
from models.settings import load_settings
from policy.errors import DomainError
from policy.languages import Language
from policy.statuses import OperatorStatus
from realtime import broadcast, committer, waiting
from realtime import loops as loops_module
from realtime.commands import Malformed, TooLarge, parse
from realtime.connections import Connections, OperatorConnection, VisitorConnection
from realtime.loops import Loops
from realtime.namespaces.operator import plane as operator_plane
from realtime.namespaces.visitor import plane as visitor_plane
from tests.support.clock import SteppingClock
from tests.support.company import Company

PAYLOADS = [
    command.payload for plane in (visitor_plane, operator_plane) for command in plane.commands.values()
]
FIELDS = [
    "chat",
    "client_id",
    "body",
    "seq",
    "after",
    "before",
    "text",
    "is_typing",
    "placement",
    "department",
]
FIELDS += ["operator", "language", "status", "note", "name", "email", "phone", "first_question", "unknown"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    payload=st.sampled_from(PAYLOADS),
    data=values | st.dictionaries(st.sampled_from(FIELDS), values, max_size=6),
)
def test_whatever_comes_is_parsed_or_refused(payload: type, data: Any) -> None:
    with suppress(Malformed, TooLarge):
        assert isinstance(parse(payload, data), payload)


class TestCommitter:
    @pytest.fixture
    def submit(self, app: Flask) -> Any:
        """Submit several at once, and give what each was answered."""
        own = committer.GroupCommitter(app)
        own.start()

        def one(item: Post | Read) -> Any:
            try:
                return own.submit(item)
            except (DomainError, RuntimeError) as error:
                return error

        def together(items: Sequence[Post | Read]) -> list[Any]:
            waiting = [gevent.spawn(one, item) for item in items]
            gevent.joinall(waiting, timeout=10, raise_error=True)
            return [greenlet.value for greenlet in waiting]

        return together

    @pytest.fixture
    def posts(self, company: Company) -> list[Post]:
        """Six messages of three visitors."""
        visitors = [company.visitor() for _ in range(3)]
        chats = [(visitor.id, company.chat(visitor, first_question="").public_id) for visitor in visitors]
        return [
            Post(Author(visitor_id=visitor_id), chat, str(uuid.uuid4()), f"{number}")
            for number in range(2)
            for visitor_id, chat in chats
        ]

    @pytest.fixture
    def commits(self, app: Flask) -> Iterator[list[object]]:
        found: list[object] = []
        note = found.append
        event.listen(db.engine, "commit", note)
        yield found
        event.remove(db.engine, "commit", note)

    def test_what_comes_together_is_one_transaction(
        self, submit: Any, posts: list[Post], commits: list[object]
    ) -> None:
        answers = submit(posts)
        assert [answer.seq for answer in answers] == [1, 1, 1, 2, 2, 2]
        assert len(commits) == 1

    def test_a_refused_one_and_repeated_ones_are_answered_each_for_itself(
        self, submit: Any, posts: list[Post], session: Session
    ) -> None:
        stranger = Post(Author(visitor_id=0), posts[0].chat, str(uuid.uuid4()), "Not mine")
        other_body = Post(posts[0].author, posts[0].chat, posts[0].client_id, "Another")
        answers = submit([posts[0], stranger, posts[0], other_body, posts[1]])
        first, refused, again, conflict, other = answers
        assert first == Posted(1, first.revision, first.at)
        assert isinstance(refused, NotFound) and isinstance(conflict, Conflict)
        assert (again.seq, again.duplicate) == (1, True)
        assert other.seq == 1
        session.rollback()
        assert len(session.scalars(select(Message)).all()) == 2

    def test_reads_see_the_messages_that_came_with_them(self, submit: Any, posts: list[Post]) -> None:
        posted, seen = submit([posts[0], Read(posts[0].author, posts[0].chat, 1)])
        assert (posted.seq, seen) == (1, 1)

    def test_one_that_breaks_the_transaction_does_not_take_the_others_with_it(
        self, submit: Any, posts: list[Post], session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poison = posts[3]

        def poisoned(action: Any) -> Any:
            def act(own: Session, items: Sequence[Post], now: Any) -> Any:
                answers = action(own, items, now)
                if poison in items:
                    raise RuntimeError("poison")
                return answers

            return act

        ways = {kind: tuple(map(poisoned, actions)) for kind, actions in committer._WAYS.items()}
        monkeypatch.setattr(committer, "_WAYS", ways)
        answers = submit(posts)
        assert isinstance(answers.pop(3), RuntimeError)
        assert all(isinstance(answer, Posted) for answer in answers)
        session.rollback()
        assert len(session.scalars(select(Message)).all()) == 5

    def test_when_the_database_was_gone_for_a_moment_the_next_messages_are_kept(
        self, submit: Any, posts: list[Post], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_arguments: object) -> Any:
            raise RuntimeError("the connection is closed")

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(committer, "_WAYS", {Post: (gone, gone), Read: (gone,)})
            assert [type(answer) for answer in submit(posts[:2])] == [RuntimeError] * 2
        assert all(isinstance(answer, Posted) for answer in submit(posts))

    def test_an_answer_is_given_when_it_is_on_disk_for_everybody(
        self, submit: Any, posts: list[Post], app: Flask
    ) -> None:
        submit(posts[:1])
        with db.engine.connect() as another:
            assert another.scalars(select(Message.body)).all() == ["0"]


class TestWaiting:
    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(waiting, "HELD_SECONDS", 0.2)

    def test_what_is_there_is_given_at_once(self) -> None:
        assert waiting.Waiters[int]().until(1, lambda: "found") == "found"

    def test_when_the_time_is_over_there_is_nothing(self) -> None:
        waiters = waiting.Waiters[int]()
        assert waiters.until(1, lambda: None) is None
        assert waiters.keys() == []

    @pytest.mark.parametrize("how", ["its own", "all"])
    def test_it_looks_again_when_woken(self, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
        monkeypatch.setattr(waiting, "HELD_SECONDS", 10)
        monkeypatch.setattr(waiting, "LOOK_EVERY_SECONDS", 10)
        waiters = waiting.Waiters[int]()
        answers = iter([None, "found"])
        held = gevent.spawn(waiters.until, 1, lambda: next(answers))
        gevent.idle()
        assert waiters.keys() == [1]
        waiters.wake(2)
        waiters.wake(1) if how == "its own" else waiters.wake_all()
        assert held.get(timeout=5) == "found"

    def test_it_looks_now_and_then_for_what_other_processes_did(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(waiting, "LOOK_EVERY_SECONDS", 0.01)
        answers = iter([None, None, "found"])
        assert waiting.Waiters[int]().until(1, lambda: next(answers)) == "found"


class TestConnections:
    def connection(self, sid: str, person: int = 1) -> VisitorConnection:
        return VisitorConnection(sid, person, "default", Language.EN)

    def test_one_person_has_so_many_and_leaving_makes_room(self) -> None:
        known = Connections[VisitorConnection](2)
        assert [known.add(self.connection(sid)) for sid in ("a", "b", "c")] == [True, True, False]
        assert known.add(self.connection("d", person=2))
        assert {one.sid for one in known.of(1)} == {"a", "b"}
        assert known.people() == [1, 2]
        known.remove("a")
        assert known.remove("a") is None
        assert known.add(self.connection("c"))
        assert known.get("a") is None

    def test_who_has_none_left_is_not_there(self) -> None:
        known = Connections[VisitorConnection](2)
        known.add(self.connection("a"))
        known.remove("a")
        assert (known.people(), list(known), known.of(1)) == ([], [], [])

    def test_a_refused_first_one_leaves_nothing(self) -> None:
        known = Connections[VisitorConnection](0)
        assert not known.add(self.connection("a"))
        assert list(known) == []


class TestLimiter:
    def test_each_name_and_person_has_an_allowance(self) -> None:
        limiter, rate = Limiter(), Rate(per_second=0.001, burst=2)
        for name, person in (("post", 1), ("post", 2), ("start", 1)):
            limiter.demand(name, person, rate)
            limiter.demand(name, person, rate)
            with pytest.raises(TooFast) as refused:
                limiter.demand(name, person, rate)
            assert 900 < refused.value.retry_after <= 1000

    def test_a_rate_may_be_one_of_the_installations(self) -> None:
        limiter = Limiter()
        limiter.configure({"LIMIT_VISITOR_MESSAGES": Rate(0.001, 1)})
        assert limiter.wait("post", 1, "LIMIT_VISITOR_MESSAGES") == 0
        assert limiter.wait("post", 1, "LIMIT_VISITOR_MESSAGES") > 0

    def test_the_idle_are_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limiter = Limiter()
        monkeypatch.setattr(Limiter, "SWEEP_AT", 10)
        monkeypatch.setattr(Limiter, "FORGET_AFTER_SECONDS", 0)
        for person in range(100):
            limiter.wait("post", person, Rate(1, 1))
        assert len(limiter._buckets) <= 12


@pytest.mark.parametrize("rooms", [[], [""], ["visitor:1", ""]])
def test_nothing_is_ever_sent_to_everybody(rooms: list[str]) -> None:
    with pytest.raises(ValueError, match="no room"):
        broadcast.emit("change", {}, to=rooms, namespace="/visitor")


class TestPresenceLoop:
    def test_who_polls_is_present_and_who_does_not_is_gone(
        self, app: Flask, company: Company, session: Session, clock: SteppingClock
    ) -> None:
        """A held poll is a connection as good as a socket."""
        polling, gone = (company.operator(name, status=OperatorStatus.ONLINE) for name in ("Anna", "Boris"))
        loops = Loops(app)
        with unit_of_work(session):
            load_settings(session).operator_gone_after_seconds = 15
        clock.forward(seconds=60)
        loops._began_at = clock() - timedelta(seconds=60)

        def look() -> str:
            loops._keep_presence(clock())
            return "looked"

        waiting.operator_waiters.until(polling.id, look)
        session.expire_all()
        assert polling.presence.status is OperatorStatus.ONLINE
        assert gone.presence.status is OperatorStatus.OFFLINE


class TestRightsLoop:
    def test_who_connects_while_the_database_answers_is_not_shown_out(
        self, app: Flask, company: Company, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A page that has just opened was sent to the sign-in page when its socket came within the query."""
        own: Connections[OperatorConnection] = Connections(10)
        late = OperatorConnection("late", company.operator("Anna").id, 7, Language.EN)

        def answer_slowly(_session: Session, asked: set[int], _at: datetime) -> set[int]:
            own.add(late)
            return asked

        shown_out: list[str] = []
        monkeypatch.setattr(loops_module, "operators", own)
        monkeypatch.setattr(loops_module, "living_sessions", answer_slowly)
        monkeypatch.setattr(broadcast, "tell_signed_out", lambda sid, *_: shown_out.append(sid))
        monkeypatch.setattr(loops_module, "place_in_rooms", lambda *_: None)
        Loops(app)._renew_rights(clock())
        assert own.get("late") and not shown_out
