"""What one writes first: Flask-SocketIO and an ORM session for every event (SQLite WAL with NORMAL, or PostgreSQL)."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402  patched modules only from here on
import sqlite3  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import emit, join_room  # noqa: E402
from sqlalchemy import Engine, create_engine, event  # noqa: E402
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column  # noqa: E402

from bench.reference.hosting import plain_socketio, serve  # noqa: E402


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "reference_rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    last_seq: Mapped[int] = mapped_column(default=0)


class Message(Base):
    __tablename__ = "reference_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(index=True)
    seq: Mapped[int]
    client_id: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


def engine_for(url: str) -> Engine:
    engine = create_engine(url, pool_size=20, max_overflow=20, pool_timeout=60)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _connect(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def main() -> None:
    app = Flask("echo_orm")
    socketio = plain_socketio(app, async_handlers=True)
    engine = engine_for(os.environ["DATABASE_URL"])
    Base.metadata.create_all(engine)
    rooms: dict[str, tuple[int, str]] = {}

    @socketio.on("connect")
    def on_connect(auth: dict[str, Any]) -> None:
        with Session(engine) as session, session.begin():
            room = session.query(Room).filter_by(name=auth["room"]).one_or_none()
            if room is None:
                room = Room(name=auth["room"])
                session.add(room)
                session.flush()
            rooms[request.sid] = (room.id, room.name)  # type: ignore[attr-defined]
        join_room(auth["room"])

    @socketio.on("message")
    def on_message(payload: dict[str, Any]) -> dict[str, Any]:
        room_id, name = rooms[request.sid]  # type: ignore[attr-defined]  # put there by Flask-SocketIO
        with Session(engine) as session, session.begin():
            room = session.get_one(Room, room_id)
            room.last_seq += 1
            message = Message(
                room_id=room_id,
                seq=room.last_seq,
                client_id=payload["client_id"],
                body=payload["body"],
                at=datetime.now(UTC),
            )
            session.add(message)
            session.flush()
            answer = {"ok": True, "id": message.id, "seq": message.seq}
        emit("message", {**answer, **payload}, to=name)
        return answer

    serve(app, has_raised_thresholds=False)


if __name__ == "__main__":
    main()
