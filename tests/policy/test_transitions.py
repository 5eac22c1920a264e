import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.transitions import TRANSITIONS, ChatState, Step, TransitionRefused, next_state

CLOSED = {
    Step.CLOSE_BY_VISITOR: ChatState.CLOSED_BY_VISITOR,
    Step.CLOSE_BY_OPERATOR: ChatState.CLOSED_BY_OPERATOR,
    Step.CLOSE_BY_TIME: ChatState.CLOSED,
}
EXPECTED: dict[ChatState | None, dict[Step, ChatState]] = {
    None: {Step.START: ChatState.QUEUE, Step.INVITE: ChatState.INVITATION},
    ChatState.INVITATION: {Step.ACCEPT_INVITATION: ChatState.QUEUE, **CLOSED},
    ChatState.QUEUE: {
        Step.ASSIGN: ChatState.QUEUE,
        Step.TAKE: ChatState.CHATTING,
        Step.TAKE_OVER: ChatState.CHATTING,
        Step.REDIRECT: ChatState.QUEUE,
        Step.RETURN_TO_QUEUE: ChatState.QUEUE,
        Step.FIRST_REPLY: ChatState.CHATTING,
        **CLOSED,
    },
    ChatState.CHATTING: {
        Step.TAKE_OVER: ChatState.CHATTING,
        Step.REDIRECT: ChatState.QUEUE,
        Step.RETURN_TO_QUEUE: ChatState.QUEUE,
        **CLOSED,
    },
    ChatState.CLOSED_BY_VISITOR: {Step.REOPEN: ChatState.QUEUE},
    ChatState.CLOSED_BY_OPERATOR: {Step.REOPEN: ChatState.QUEUE},
    ChatState.CLOSED: {Step.REOPEN: ChatState.QUEUE},
}


@pytest.mark.parametrize("state", [None, *ChatState])
@pytest.mark.parametrize("step", Step)
def test_every_step_in_every_state(state: ChatState | None, step: Step) -> None:
    expected = EXPECTED[state].get(step)
    if expected is not None:
        assert next_state(state, step) is expected
        return
    with pytest.raises(TransitionRefused) as refusal:
        next_state(state, step)
    assert (refusal.value.state, refusal.value.step) == (state, step)
    assert refusal.value.code == "transition_refused"
    assert step.value in str(refusal.value)


@pytest.mark.parametrize(
    ("state", "is_open", "is_closed"),
    [
        (ChatState.INVITATION, False, False),
        (ChatState.QUEUE, True, False),
        (ChatState.CHATTING, True, False),
        (ChatState.CLOSED_BY_VISITOR, False, True),
        (ChatState.CLOSED_BY_OPERATOR, False, True),
        (ChatState.CLOSED, False, True),
    ],
)
def test_what_is_open_and_what_is_closed(state: ChatState, is_open: bool, is_closed: bool) -> None:
    assert (state.is_open, state.is_closed) == (is_open, is_closed)


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_a_closed_chat_comes_back_only_by_reopening(steps: list[Step]) -> None:
    state: ChatState | None = None
    for step in steps:
        before = state
        try:
            state = next_state(state, step)
        except TransitionRefused:
            assert state is before
        else:
            assert state is not None
            if before is not None and before.is_closed:
                assert step is Step.REOPEN and state is ChatState.QUEUE
            assert state is not ChatState.CHATTING or step in (Step.TAKE, Step.TAKE_OVER, Step.FIRST_REPLY)


def test_every_open_state_can_end_and_every_state_can_be_reached() -> None:
    for state in (ChatState.INVITATION, ChatState.QUEUE, ChatState.CHATTING):
        assert {after for (before, _), after in TRANSITIONS.items() if before is state} >= set(
            CLOSED.values()
        )
    assert set(TRANSITIONS.values()) == set(ChatState)
