"""Chats to read are made as tests of the actions make them."""

from tests.actions.conftest import counted, do, facts

__all__ = ["counted", "do", "facts"]
