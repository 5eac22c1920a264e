from policy.timeouts import operators_gone
from tests.policy.examples import NOW, ago


def test_gone_is_who_was_not_seen_for_longer_than_the_grace() -> None:
    last_seen = {4: ago(61), 1: ago(60), 2: ago(60.001), 3: ago(0), 5: ago(-10)}
    assert operators_gone(last_seen, NOW, 60) == [2, 4]
    assert operators_gone({1: ago(2)}, NOW, 1) == [1]
    assert operators_gone({}, NOW, 60) == []


def test_a_grace_of_zero_leaves_everybody_where_they_are() -> None:
    assert operators_gone({1: ago(100_000)}, NOW, 0) == []
