"""Servers that break one promise each, to show that the fault test notices; never a part of the product."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402  patched modules only from here on
import uuid  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import datetime  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import AsyncResult  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from actions.messages import Post, Read, post_messages  # noqa: E402
from app import create_app  # noqa: E402
from clock import now  # noqa: E402
from models.database import unit_of_work  # noqa: E402
from realtime import committer  # noqa: E402
from realtime.serving import serve  # noqa: E402

UNSAFE_SECONDS = 0.05


class AcksEarly(committer.GroupCommitter):
    """Answers before COMMIT: what a kill catches in between was promised and is gone."""

    def _commit(self, batch: list[tuple[Post | Read, AsyncResult]]) -> None:
        with self._app.app_context(), unit_of_work() as session:
            answers = post_messages(session, [item for item, _ in batch if isinstance(item, Post)], now())
            for (_, result), answer in zip(batch, answers, strict=True):
                result.set(answer)
            gevent.sleep(UNSAFE_SECONDS)


def _forget_keys(session: Session, posts: Sequence[Post], at: datetime) -> Any:
    """As if there were no key: each repetition is a new message."""
    return post_messages(session, [replace(post, client_id=str(uuid.uuid4())) for post in posts], at)


def main() -> None:
    """Serve with the promise broken that BROKEN names."""
    app = create_app()
    if os.environ["BROKEN"] == "acks_early":
        app.extensions["committer"] = AcksEarly(app)
    else:
        committer._WAYS[Post] = (_forget_keys,)
    serve(app)


if __name__ == "__main__":
    main()
