"""The life of a chat: its states, the steps between them and nothing else."""

import enum
from collections.abc import Mapping
from types import MappingProxyType

from policy.errors import DomainError


class ChatState(enum.Enum):
    """Where a chat stands; in the queue with an operator means assigned and not answered yet."""

    INVITATION = "invitation"
    QUEUE = "queue"
    CHATTING = "chatting"
    CLOSED_BY_VISITOR = "closed_by_visitor"
    CLOSED_BY_OPERATOR = "closed_by_operator"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether somebody waits or talks in it."""
        return self in (ChatState.QUEUE, ChatState.CHATTING)

    @property
    def is_closed(self) -> bool:
        """Whether it ended; an invitation has neither begun nor ended."""
        return self in CLOSED_STATES


CLOSED_STATES = frozenset({ChatState.CLOSED_BY_VISITOR, ChatState.CLOSED_BY_OPERATOR, ChatState.CLOSED})


class Step(enum.Enum):
    """What can happen to a chat; each one is a row in its log."""

    START = "start"
    INVITE = "invite"
    ACCEPT_INVITATION = "accept_invitation"
    ASSIGN = "assign"
    TAKE = "take"
    TAKE_OVER = "take_over"
    REDIRECT = "redirect"
    RETURN_TO_QUEUE = "return_to_queue"
    FIRST_REPLY = "first_reply"
    CLOSE_BY_VISITOR = "close_by_visitor"
    CLOSE_BY_OPERATOR = "close_by_operator"
    CLOSE_BY_TIME = "close_by_time"
    REOPEN = "reopen"


class TransitionRefused(DomainError):
    """A step that the table does not allow in this state; nothing changes."""

    def __init__(self, state: ChatState | None, step: Step) -> None:
        super().__init__("transition_refused")
        self.state = state
        self.step = step

    def __str__(self) -> str:
        return f"{self.step.value} is not possible in {self.state.value if self.state else 'no chat'}"


_ENDINGS = {
    Step.CLOSE_BY_VISITOR: ChatState.CLOSED_BY_VISITOR,
    Step.CLOSE_BY_OPERATOR: ChatState.CLOSED_BY_OPERATOR,
    Step.CLOSE_BY_TIME: ChatState.CLOSED,
}
# Redirected chats stand in the queue again, with an operator (to a person) or without one (to a department).
_STEPS: Mapping[ChatState | None, Mapping[Step, ChatState]] = {
    None: {Step.START: ChatState.QUEUE, Step.INVITE: ChatState.INVITATION},
    ChatState.INVITATION: {Step.ACCEPT_INVITATION: ChatState.QUEUE, **_ENDINGS},
    ChatState.QUEUE: {
        Step.ASSIGN: ChatState.QUEUE,
        Step.REDIRECT: ChatState.QUEUE,
        Step.RETURN_TO_QUEUE: ChatState.QUEUE,
        Step.TAKE: ChatState.CHATTING,
        Step.TAKE_OVER: ChatState.CHATTING,
        Step.FIRST_REPLY: ChatState.CHATTING,
        **_ENDINGS,
    },
    ChatState.CHATTING: {
        Step.TAKE_OVER: ChatState.CHATTING,
        Step.REDIRECT: ChatState.QUEUE,
        Step.RETURN_TO_QUEUE: ChatState.QUEUE,
        **_ENDINGS,
    },
    **{closed: {Step.REOPEN: ChatState.QUEUE} for closed in CLOSED_STATES},
}

TRANSITIONS: Mapping[tuple[ChatState | None, Step], ChatState] = MappingProxyType(
    {(state, step): after for state, steps in _STEPS.items() for step, after in steps.items()}
)


def next_state(state: ChatState | None, step: Step) -> ChatState:
    """The state after the step (None: no chat exists yet); a step that the table does not have is refused."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise TransitionRefused(state, step) from None
