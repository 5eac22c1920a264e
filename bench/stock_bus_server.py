"""The product with the library's own manager between processes: only to compare with (T7)."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  patched modules only from here on
from collections.abc import Callable  # noqa: E402

from socketio import RedisManager  # noqa: E402

import realtime  # noqa: E402
from actions.events import Event  # noqa: E402
from app import create_app  # noqa: E402
from realtime.serving import serve  # noqa: E402


class StockBus(RedisManager):  # type: ignore[misc]  # untyped
    def __init__(self, redis_url: str, channel: str) -> None:
        super().__init__(redis_url, channel, json=json)

    def start(self, hear: Callable[[str], None]) -> None:
        """It begins by itself, at the first connection."""

    def pass_on(self, happened: Event) -> None:
        """It passes on nothing but emits."""


def main() -> None:
    realtime.Bus = StockBus  # type: ignore[assignment, misc]
    serve(create_app())


if __name__ == "__main__":
    main()
