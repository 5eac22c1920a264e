"""Messages: kept once, in one order, by those who may; read marks that never go back."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import ChatClosed, Conflict, Forbidden, NotFound, NotNow, Unauthorised
from actions.events import ChatChanged
from actions.messages import Author, Post, Posted, Read, mark_read, post_messages
from models import AuthorKind, Chat, Message, Operator, OperatorSession, Visitor
from models.database import unit_of_work
from policy.errors import DomainError
from policy.statuses import OperatorStatus
from policy.transitions import ChatState, Step
from tests.actions.conftest import Counting, Do, Heard, set_auto, signed_in, steps_of
from tests.support.clock import SteppingClock
from tests.support.company import Company

Answers = list[Posted | DomainError]


class Talk:
    """A visitor and an operator in one chat, and the ways in which they write."""

    def __init__(self, company: Company, session: Session, clock: SteppingClock, do: Do) -> None:
        self.session, self.clock, self.company = session, clock, company
        self._sessions: dict[int, int] = {}
        self.visitor = company.visitor()
        self.operator = company.operator("Anna", status=OperatorStatus.ONLINE)
        self.chat = company.chat(self.visitor, first_question="")
        do("take", self.operator, self.chat.public_id)

    def visitors(self, body: str = "Hello", client_id: str = "", chat: str = "") -> Post:
        author = Author(visitor_id=self.visitor.id)
        return Post(author, chat or self.chat.public_id, client_id or str(uuid.uuid4()), body)

    def operators(self, body: str = "Hello", client_id: str = "", who: Operator | None = None) -> Post:
        who = who or self.operator
        if who.id not in self._sessions:
            self._sessions[who.id] = signed_in(self.session, who, self.clock)
        author = Author(session_id=self._sessions[who.id])
        return Post(author, self.chat.public_id, client_id or str(uuid.uuid4()), body)

    def post(self, *posts: Post) -> Answers:
        with unit_of_work(self.session):
            answers = post_messages(self.session, posts, self.clock())
        self.session.refresh(self.chat)
        return answers

    def read(self, author: Author, seq: int) -> int | DomainError:
        with unit_of_work(self.session):
            (answer,) = mark_read(self.session, [Read(author, self.chat.public_id, seq)], self.clock())
        self.session.refresh(self.chat)
        return answer

    def stored(self) -> list[tuple[int, str]]:
        query = select(Message.seq, Message.body).where(Message.chat_id == self.chat.id)
        return [(row.seq, row.body) for row in self.session.execute(query.order_by(Message.seq))]


@pytest.fixture
def talk(company: Company, session: Session, clock: SteppingClock, do: Do) -> Talk:
    return Talk(company, session, clock, do)


def test_messages_get_the_next_places_and_revisions(talk: Talk, heard: Heard, clock: SteppingClock) -> None:
    heard.forget()
    before = talk.chat.revision
    at = clock.forward(seconds=5)
    answers = talk.post(talk.visitors("One"), talk.operators("Two"), talk.visitors("Three"))
    assert answers == [Posted(seq, before + seq, at) for seq in (1, 2, 3)]
    assert talk.stored() == [(1, "One"), (2, "Two"), (3, "Three")]
    changes = heard.of(ChatChanged)
    assert [(change.previous, change.revision) for change in changes] == [
        (before + seq - 1, before + seq) for seq in (1, 2, 3)
    ]
    assert [message.body for change in changes for message in change.messages] == ["One", "Two", "Three"]
    assert [change.messages[0].author for change in changes] == [
        AuthorKind.VISITOR,
        AuthorKind.OPERATOR,
        AuthorKind.VISITOR,
    ]
    talk.session.refresh(talk.visitor)
    assert (talk.visitor.revision, talk.chat.revision, talk.chat.last_seq) == (before + 3, before + 3, 3)


class TestOnce:
    @pytest.mark.parametrize("together", [True, False], ids=["in one batch", "later"])
    def test_the_same_again_gets_the_first_answer_again(
        self, talk: Talk, heard: Heard, clock: SteppingClock, together: bool
    ) -> None:
        post = talk.visitors("Hello")
        if together:
            first, again = talk.post(post, post)
        else:
            (first,) = talk.post(post)
            clock.forward(minutes=1)
            heard.forget()
            (again,) = talk.post(post)
            assert heard.all == []
        assert isinstance(first, Posted) and isinstance(again, Posted)
        assert (first.duplicate, again.duplicate) == (False, True)
        assert (again.seq, again.revision, again.at) == (first.seq, first.revision, first.at)
        assert talk.stored() == [(1, "Hello")]

    @pytest.mark.parametrize("together", [True, False], ids=["in one batch", "later"])
    def test_another_body_under_the_same_name_is_a_conflict(self, talk: Talk, together: bool) -> None:
        post = talk.visitors("Hello")
        other = talk.visitors("Good bye", post.client_id)
        answers = talk.post(post, other) if together else [*talk.post(post), *talk.post(other)]
        assert isinstance(answers[1], Conflict)
        assert talk.stored() == [(1, "Hello")]

    def test_the_other_side_cannot_use_the_same_name(self, talk: Talk) -> None:
        post = talk.visitors("Hello")
        answers = talk.post(post, talk.operators("Hello", post.client_id))
        assert isinstance(answers[1], Conflict)

    def test_the_answer_stays_the_same_after_the_chat_ended(self, talk: Talk, do: Do) -> None:
        post = talk.visitors("Hello")
        (first,) = talk.post(post)
        do("close_by_visitor", talk.visitor, talk.chat.public_id)
        again, late = talk.post(post, talk.visitors("Too late"))
        assert isinstance(first, Posted) and isinstance(again, Posted) and again.duplicate
        assert again.seq == first.seq
        assert isinstance(late, ChatClosed)

    def test_what_was_accepted_stays_so_when_the_chat_has_gone_to_somebody_else(
        self, talk: Talk, company: Company, do: Do
    ) -> None:
        """The answer was lost, the chat was redirected, and the page sends the message again."""
        boris = company.operator("Boris", status=OperatorStatus.ONLINE)
        post = talk.operators("I am asking a colleague")
        (first,) = talk.post(post)
        do("redirect_to_operator", talk.operator, talk.chat.public_id, boris.id, "")
        again, other, new = talk.post(post, talk.operators("Not this", post.client_id), talk.operators())
        assert isinstance(first, Posted) and isinstance(again, Posted) and again.duplicate
        assert (again.seq, again.revision) == (first.seq, first.revision)
        assert isinstance(other, NotFound) and isinstance(new, NotFound)
        (stolen,) = talk.post(talk.operators(post.body, post.client_id, who=boris))
        assert isinstance(stolen, Conflict)

    def test_names_are_of_one_chat(self, talk: Talk, company: Company) -> None:
        post = talk.visitors("Hello")
        visitor = company.visitor()
        other = company.chat(visitor, first_question="")
        answers = talk.post(post, Post(Author(visitor_id=visitor.id), other.public_id, post.client_id, "Hi"))
        assert all(isinstance(answer, Posted) and not answer.duplicate for answer in answers)


class TestWhoMay:
    def test_a_foreign_visitor_is_told_that_there_is_no_such_chat(self, talk: Talk, company: Company) -> None:
        stranger = Author(visitor_id=company.visitor().id)
        foreign = Post(stranger, talk.chat.public_id, str(uuid.uuid4()), "Hello")
        missing = talk.visitors(chat="x" * 22)
        assert [type(answer) for answer in talk.post(foreign, missing)] == [NotFound, NotFound]
        assert isinstance(talk.read(stranger, 1), NotFound)

    def test_an_operator_who_does_not_see_the_chat_is_told_the_same(
        self, talk: Talk, company: Company
    ) -> None:
        (answer,) = talk.post(talk.operators(who=company.operator("Boris", status=OperatorStatus.ONLINE)))
        assert isinstance(answer, NotFound)

    def test_who_only_sees_it_may_not_write(self, talk: Talk, company: Company) -> None:
        (answer,) = talk.post(talk.operators(who=company.administrator))
        assert isinstance(answer, Forbidden)
        assert talk.stored() == []

    @pytest.mark.parametrize("status", OperatorStatus)
    def test_in_every_status_but_offline_one_writes_in_ones_chats(
        self, talk: Talk, status: OperatorStatus
    ) -> None:
        with unit_of_work(talk.session):
            talk.operator.presence.status = status
        (answer,) = talk.post(talk.operators())
        assert isinstance(answer, NotNow if status is OperatorStatus.OFFLINE else Posted)

    @pytest.mark.parametrize("how", ["ended", "expired", "inactive", "deleted"])
    def test_a_session_that_ended_writes_nothing(self, talk: Talk, clock: SteppingClock, how: str) -> None:
        post = talk.operators()
        own = talk.session.get_one(OperatorSession, post.author.session_id)
        with unit_of_work(talk.session):
            match how:
                case "ended":
                    own.ended_at = clock()
                case "expired":
                    own.expires_at = clock()
                case "inactive":
                    talk.operator.is_active = False
                case "deleted":
                    talk.operator.deleted_at = clock()
        (answer,) = talk.post(post)
        assert isinstance(answer, Unauthorised)
        assert isinstance(talk.read(post.author, 0), Unauthorised)

    def test_a_refused_one_harms_nobody_in_its_batch(self, talk: Talk, company: Company) -> None:
        foreign = Post(
            Author(visitor_id=company.visitor().id), talk.chat.public_id, str(uuid.uuid4()), "Hello"
        )
        answers = talk.post(talk.visitors("One"), foreign, talk.visitors("Two"))
        assert isinstance(answers[1], NotFound)
        assert talk.stored() == [(1, "One"), (2, "Two")]


class TestConversation:
    def test_the_first_answer_in_an_assigned_chat_makes_it_a_conversation(
        self, talk: Talk, company: Company, do: Do, heard: Heard, clock: SteppingClock
    ) -> None:
        boris = company.operator("Boris", status=OperatorStatus.ONLINE)
        do("redirect_to_operator", talk.operator, talk.chat.public_id, boris.id, "")
        heard.forget()
        at = clock.forward(seconds=20)
        talk.post(talk.operators("Hello", who=boris), talk.operators("How can I help?", who=boris))
        assert (talk.chat.state, talk.chat.first_reply_at) == (ChatState.CHATTING, at)
        assert talk.chat.first_reply_operator_id == boris.id
        assert steps_of(talk.session, talk.chat)[-1] is Step.FIRST_REPLY
        first, second = heard.of(ChatChanged)
        assert first.before is not None and first.before.state is ChatState.QUEUE
        assert first.view is not None and first.view.state is ChatState.CHATTING
        assert (second.before, second.view) == (None, None)

    def test_the_first_reply_is_noted_once_and_shown(
        self, talk: Talk, clock: SteppingClock, heard: Heard
    ) -> None:
        heard.forget()
        first = clock.forward(seconds=5)
        talk.post(talk.operators())
        clock.forward(seconds=5)
        talk.post(talk.operators())
        assert talk.chat.first_reply_at == first
        views = [change.view for change in heard.of(ChatChanged)]
        assert [view and view.first_reply_at for view in views] == [first, None]

    def test_unread_and_waiting_say_what_the_operator_owes(self, talk: Talk, clock: SteppingClock) -> None:
        talk.post(talk.operators())
        assert (talk.chat.unread, talk.chat.waiting_since) == (0, None)
        since = clock.forward(seconds=5)
        talk.post(talk.visitors())
        clock.forward(seconds=5)
        talk.post(talk.visitors())
        assert (talk.chat.unread, talk.chat.waiting_since) == (2, since)
        talk.post(talk.operators())
        assert (talk.chat.unread, talk.chat.waiting_since) == (0, None)

    def test_the_chat_keeps_a_short_preview_of_its_last_message(self, talk: Talk) -> None:
        talk.post(talk.visitors("x" * 500), talk.operators("я" * 500))
        assert (talk.chat.last_author, talk.chat.last_body) == (AuthorKind.OPERATOR, "я" * 140)
        assert [len(body) for _, body in talk.stored()] == [500, 500]


class TestReadMarks:
    def test_a_mark_goes_forward_only_and_never_beyond_the_last_message(self, talk: Talk) -> None:
        own = Author(visitor_id=talk.visitor.id)
        talk.post(*(talk.operators() for _ in range(5)))
        assert [talk.read(own, seq) for seq in (3, 2, 99, 4)] == [3, 3, 5, 5]
        assert talk.chat.visitor_read_seq == 5

    def test_it_is_a_change_only_when_it_moves(self, talk: Talk, heard: Heard) -> None:
        own = Author(visitor_id=talk.visitor.id)
        talk.post(talk.operators(), talk.operators())
        heard.forget()
        before = talk.chat.revision
        for seq in (1, 1, 0):
            talk.read(own, seq)
        (change,) = heard.of(ChatChanged)
        assert (change.previous, change.revision) == (before, before + 1)
        assert change.read is not None and change.read.visitor == 1

    def test_the_operator_has_seen_all_when_at_the_end(self, talk: Talk) -> None:
        own = talk.operators().author
        talk.post(*(talk.visitors() for _ in range(4)))
        talk.read(own, 1)
        assert talk.chat.unread == 3
        talk.read(own, 4)
        assert (talk.chat.unread, talk.chat.operator_read_seq) == (0, 4)
        # To have seen a question is not to have answered it.
        assert talk.chat.waiting_since is not None

    def test_who_writes_has_seen_what_stands_above(self, talk: Talk) -> None:
        talk.post(talk.visitors(), talk.operators(), talk.visitors())
        assert (talk.chat.visitor_read_seq, talk.chat.operator_read_seq) == (3, 2)

    def test_only_who_answers_for_the_chat_marks_it(self, talk: Talk, company: Company) -> None:
        talk.post(talk.visitors())
        watching = talk.operators(who=company.administrator).author
        assert isinstance(talk.read(watching, 1), Forbidden)
        assert talk.chat.operator_read_seq == 0


def test_a_batch_of_fifty_costs_what_one_message_costs(
    talk: Talk, company: Company, do: Do, counted: Counting, session: Session
) -> None:
    """Also when they are in ten chats, of both sides."""
    pairs: list[tuple[Visitor, Chat]] = []
    for _ in range(10):
        visitor = company.visitor()
        chat = company.chat(visitor, first_question="")
        do("take", talk.operator, chat.public_id)
        pairs.append((visitor, chat))
    author = talk.operators().author
    posts = [
        Post(side, chat.public_id, str(uuid.uuid4()), "Hello")
        for visitor, chat in pairs
        for side in (Author(visitor_id=visitor.id), author, author, author, author)
    ]
    one = talk.operators()
    talk.session.rollback()
    with counted() as for_one:
        talk.post(one)
    with counted() as for_fifty:
        answers = talk.post(*posts)
    assert all(isinstance(answer, Posted) for answer in answers)
    assert len(for_fifty) == len(for_one)


def test_watching_under_auto_assignment_is_no_right_to_write(
    talk: Talk, company: Company, session: Session
) -> None:
    set_auto(session, on=True)
    waiting = company.chat()
    foreign = talk.operators()
    (answer,) = talk.post(Post(foreign.author, waiting.public_id, foreign.client_id, "Hello"))
    assert isinstance(answer, Forbidden)


moves = st.lists(
    st.tuples(st.sampled_from(["visitor", "operator", "reads", "has read"]), st.integers(0, 6)),
    max_size=30,
)


@pytest.mark.databases("sqlite")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(moves, max_size=4))
def test_whatever_is_sent_in_whatever_batches_the_log_is_gapless_and_every_name_is_stored_once(
    talk: Talk, batches: list[list[tuple[str, int]]], heard: Heard
) -> None:
    """Few names, so that the same comes again, also with another body."""
    visitor = Author(visitor_id=talk.visitor.id)
    operator = talk.operators().author
    heard.forget()
    before = talk.chat.revision
    for batch in batches:
        posts = [
            Post(
                visitor if who == "visitor" else operator,
                talk.chat.public_id,
                str(uuid.UUID(int=number)),
                f"{who} {number % 2}",
            )
            for who, number in batch
            if who in ("visitor", "operator")
        ]
        talk.post(*posts)
        for who, number in batch:
            if who in ("reads", "has read"):
                talk.read(visitor if who == "reads" else operator, number)
    stored = talk.stored()
    assert (
        [seq for seq, _ in stored]
        == list(range(1, len(stored) + 1))
        == list(range(1, talk.chat.last_seq + 1))
    )
    names = talk.session.scalars(select(Message.client_id).where(Message.chat_id == talk.chat.id)).all()
    assert len(names) == len(set(names))
    revisions = [change.revision for change in heard.of(ChatChanged)]
    assert revisions == list(range(before + 1, talk.chat.revision + 1))
