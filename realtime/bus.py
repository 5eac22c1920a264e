"""Between processes: what one tells its pages the others tell theirs, through Redis, in batches.

The library's own manager publishes each event by itself, waits for Redis each time, and reads its own events again.
Here one PUBLISH carries all that came up while the one before was under way. What is told is a hint and the database is
the truth: where hints may have been lost, the pages of a process connect anew and catch up by revision.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterator
from typing import Any

import gevent
import structlog
from gevent.event import Event as Signal
from redis import Redis
from redis.exceptions import RedisError
from socketio.manager import Manager

from actions.events import Event

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1
# Far more than waits in a second: beyond it Redis is away, and catching up costs less than telling all of it late.
MOST_PENDING = 20_000

Rooms = Collection[str] | str | None
Told = list[Any]
"""Event, payload, rooms, sockets to leave out, namespace: an emit as another process repeats it."""


class LocalManager(Manager):
    """The library's own, without making a packet that nobody here would get."""

    def emit(self, event: str, data: Any, namespace: str, room: Rooms = None, **options: Any) -> None:
        room = options.pop("to", None) or room
        # A room is only there while somebody is in it.
        present = self.rooms.get(namespace, ())
        if any(one in present for one in ([room] if room is None or isinstance(room, str) else room)):
            super().emit(event, data, namespace, room=room, **options)


class Bus(LocalManager):
    """Tells this process's sockets at once and the other processes with the next batch."""

    def __init__(self, redis_url: str, channel: str) -> None:
        super().__init__()
        self._redis_url = redis_url
        self._channel = channel
        self._own_name = secrets.token_hex(8)
        self._told: list[Told] = []
        self._happened: set[str] = set()
        self._has_lost = False
        self._pending = Signal()

    def start(self, hear: Callable[[str], None]) -> None:
        """Begin to speak and to listen; called once in a serving process. `hear` gets the kinds of events elsewhere."""
        gevent.spawn(self._speak)
        gevent.spawn(self._listen, hear)

    def emit(self, event: str, data: Any, namespace: str, room: Rooms = None, **options: Any) -> None:
        """To the sockets of a room in every process; with `ignore_queue` to those of this one."""
        room = options.pop("to", None) or room
        super().emit(event, data, namespace, room, **options)
        if not options.get("ignore_queue"):
            self._told.append([event, data, room, options.get("skip_sid"), namespace])
            self._pending.set()

    def pass_on(self, happened: Event) -> None:
        """That something of this kind happened: once a batch, however often it did."""
        self._happened.add(type(happened).__name__)
        self._pending.set()

    def _speak(self) -> None:
        with Redis.from_url(self._redis_url) as redis:
            while True:
                self._pending.wait()
                self._pending.clear()
                batch = self._batch()
                while not self._published(redis, batch):
                    gevent.sleep(PAUSE_SECONDS)
                    if len(self._told) > MOST_PENDING:
                        self._told.clear()
                        self._has_lost = True

    def _batch(self) -> list[Any]:
        told, self._told = self._told, []
        happened, self._happened = self._happened, set()
        has_lost, self._has_lost = self._has_lost, False
        return [self._own_name, told, sorted(happened), has_lost]

    def _published(self, redis: "Redis", batch: list[Any]) -> bool:
        try:
            redis.publish(self._channel, json.dumps(batch, separators=(",", ":")))
        except RedisError as error:
            log.warning("bus.not_published", error=str(error))
            return False
        except Exception:
            # Trying the same again would stop all that comes after it.
            log.exception("bus.batch_dropped")
            self._has_lost = True
        return True

    def _listen(self, hear: Callable[[str], None]) -> None:
        was_away = False
        while True:
            try:
                for batch in self._batches():
                    if was_away:
                        # Between the two subscriptions anything may have been told.
                        was_away = False
                        self._connect_anew()
                    if batch is not None:
                        self._take(batch, hear)
            except RedisError as error:
                log.warning("bus.not_heard", error=str(error))
            except Exception:
                log.exception("bus.batch_not_understood")
            was_away = True
            gevent.sleep(PAUSE_SECONDS)

    def _batches(self) -> Iterator[list[Any] | None]:
        """What comes, as long as Redis stays; None when listening begins."""
        with Redis.from_url(self._redis_url, health_check_interval=15) as redis, redis.pubsub() as channel:
            channel.subscribe(self._channel)
            for message in channel.listen():
                yield None if message["type"] == "subscribe" else json.loads(message["data"])

    def _take(self, batch: list[Any], hear: Callable[[str], None]) -> None:
        speaker, told, happened, has_lost = batch
        if speaker == self._own_name:
            return
        if has_lost:
            self._connect_anew()
        for event, data, room, skip_sid, namespace in told:
            LocalManager.emit(self, event, data, namespace, room=room, skip_sid=skip_sid)
        for kind in happened:
            hear(kind)

    def _connect_anew(self) -> None:
        """End every connection of this process: the pages come back by themselves, each after a pause of its own."""
        log.warning("bus.hints_lost", sockets=len(self.server.eio.sockets))
        for connection in list(self.server.eio.sockets.values()):
            connection.close(wait=False, abort=True)
