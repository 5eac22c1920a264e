"""What runs by itself in every process: serving the queue, noticing who is gone, keeping rights and numbers fresh.

Each step is an action in a transaction of its own; claims make it harmless that every process runs them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import gevent
import structlog
from flask import Flask
from gevent.event import Event
from sqlalchemy import select

from actions import (
    assignment,
    auto_messages,
    chat_life,
    deliveries,
    outbox,
    password_links,
    presence,
    sign_in,
    visits,
)
from actions.assignment import Snapshot
from actions.events import (
    ChatChanged,
    DepartmentChanged,
    OperatorChanged,
    PlacementChanged,
    SessionEnded,
    SettingsChanged,
)
from actions.events import Event as Happened
from clock import now
from models import Placement, db
from models.database import of_one_moment, unit_of_work
from models.queries import people
from models.queries.hours import opening_hours
from models.queries.sessions import living_sessions, rights_mark
from models.settings import load_settings
from policy.routing import is_waiting
from realtime import broadcast, rooms
from realtime.availability import availability
from realtime.connections import operators, visitors
from realtime.namespaces.operator import NAMESPACE, dashboard_payload, settings_payload
from realtime.places import places
from realtime.sockets import place_in_rooms
from realtime.waiting import operator_waiters, visitor_waiters

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 10
PRESENCE_SECONDS = 5
VISITORS_SECONDS = 10
PLACES_SECONDS = 15
PLACES_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
SHORTEST_PAUSE_SECONDS = 0.05
LIFE_PAUSE_SECONDS = 0.2
RIGHTS_SECONDS = 3
FORGET_SECONDS = 3600
DASHBOARD_SECONDS = 15
DASHBOARD_PAUSE_SECONDS = 1
AVAILABILITY_SECONDS = 60
AVAILABILITY_PAUSE_SECONDS = 0.2

_MOVES_AVAILABILITY = {
    kind.__name__ for kind in (OperatorChanged, DepartmentChanged, SettingsChanged, PlacementChanged)
}
_MAY_MOVE_RIGHTS = {
    kind.__name__ for kind in (OperatorChanged, DepartmentChanged, SettingsChanged, SessionEnded)
}
_MOVES_SETTINGS = {kind.__name__ for kind in (SettingsChanged, DepartmentChanged)}


class Loops:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._queue_moved = Event()
        self._places_moved = Event()
        self._numbers_moved = Event()
        self._availability_moved = Event()
        self._rights_moved = Event()
        self._settings_moved = Event()
        self._deadlines_moved = Event()
        self._life_moved = Event()
        self._began_at = now()
        self._rights_mark: tuple[int, ...] = ()

    def start(self) -> None:
        """Begin all loops; called once in a serving process."""
        self._began_at = now()
        self._deadlines_moved.set()
        self._life_moved.set()
        for loop in (
            (self._serve_queue, self._queue_moved, SWEEP_SECONDS, 0),
            (self._tell_numbers, self._numbers_moved, DASHBOARD_SECONDS, DASHBOARD_PAUSE_SECONDS),
            (
                self._tell_availability,
                self._availability_moved,
                AVAILABILITY_SECONDS,
                AVAILABILITY_PAUSE_SECONDS,
            ),
            (self._renew_rights, self._rights_moved, RIGHTS_SECONDS, 0),
            (self._tell_settings, self._settings_moved, None, 0),
            (self._tell_who_waits, self._deadlines_moved, LONGEST_PAUSE_SECONDS, 0),
            (self._tell_places, self._places_moved, PLACES_SECONDS, PLACES_PAUSE_SECONDS),
            (self._let_time_pass, self._life_moved, LONGEST_PAUSE_SECONDS, LIFE_PAUSE_SECONDS),
            (self._keep_presence, Event(), PRESENCE_SECONDS, 0),
            (self._keep_visitors, Event(), VISITORS_SECONDS, 0),
            (self._forget_what_is_old, Event(), FORGET_SECONDS, 0),
        ):
            gevent.spawn(self._forever, *loop)

    def notice(self, happened: Happened) -> None:
        """Wake what depends on the event; the work itself is never done in the one who committed."""
        if isinstance(happened, ChatChanged):
            self._notice_chat(happened)
            return
        self._numbers_moved.set()
        if isinstance(happened, SessionEnded):
            self._close_sockets(happened)
        if isinstance(happened, OperatorChanged | DepartmentChanged | SettingsChanged | PlacementChanged):
            self._queue_moved.set()
            self._availability_moved.set()
        if isinstance(happened, DepartmentChanged | SettingsChanged) or (
            isinstance(happened, OperatorChanged) and happened.rights_changed
        ):
            self._rights_moved.set()
        if isinstance(happened, SettingsChanged | DepartmentChanged):
            self._settings_moved.set()
            self._deadlines_moved.set()
            self._life_moved.set()

    def _notice_chat(self, change: ChatChanged) -> None:
        if _may_move_queue(change):
            self._queue_moved.set()
        if _may_move_places(change):
            self._places_moved.set()
        if change.view is not None or change.messages:
            self._numbers_moved.set()

    def notice_elsewhere(self, kind: str) -> None:
        """Something happened in another process, which serves the queue itself; what our pages show follows."""
        self._numbers_moved.set()
        if kind == ChatChanged.__name__:
            operator_waiters.wake_all()
            self._places_moved.set()
        if kind in _MOVES_AVAILABILITY:
            self._availability_moved.set()
        if kind in _MAY_MOVE_RIGHTS:
            self._rights_moved.set()
        if kind in _MOVES_SETTINGS:
            self._settings_moved.set()
            self._deadlines_moved.set()
            self._life_moved.set()

    def _forever(
        self,
        step: Callable[[datetime], float | None],
        wake: Event,
        at_least_every: float | None,
        pause: float,
    ) -> None:
        """Do the step whenever something wakes it, and now and then anyway, as a safety net.

        A step that keeps deadlines says itself for how many seconds it need not be woken.
        """
        wait = at_least_every
        while True:
            wake.wait(wait)
            wake.clear()
            try:
                with self._app.app_context():
                    sooner = step(now())
                wait = at_least_every if sooner is None else sooner
            except Exception:
                log.exception("loop.failed", step=step.__name__)
                gevent.sleep(1)
                wake.set()
            if pause:
                gevent.sleep(pause)

    def _serve_queue(self, at: datetime) -> None:
        """Serve the queue until nothing more can be served; what only others keep us from is waited for."""
        waits = False
        while (snapshot := _look_at_queue()).decisions:
            with unit_of_work() as session:
                waits = not (assignment.claim(session, snapshot, now(), waits=waits) or waits)

    def _tell_who_waits(self, at: datetime) -> float:
        """Auto-messages at their time; no wait that begins later is due before the pause is over."""
        due = auto_messages.due(db.session(), at)
        pause = float(auto_messages.shortest_wait(db.session()) or LONGEST_PAUSE_SECONDS)
        for chat in due.chats:
            with unit_of_work() as session:
                auto_messages.tell_busy(session, chat, now())
        return _until(due.next_at, pause)

    def _let_time_pass(self, at: datetime) -> float:
        """What time does to open chats, when it is due; nothing that begins later is due before the pause is over."""
        longest = timedelta(seconds=LONGEST_PAUSE_SECONDS)
        outlook = chat_life.look_ahead(db.session(), at, at + longest, self._began_at)
        pause = min(longest, chat_life.shortest_time(db.session())).total_seconds()
        db.session.rollback()
        for one in outlook.due:
            try:
                with unit_of_work() as session:
                    chat_life.carry_out(session, one, now(), self._began_at)
            except Exception:
                # One that can't be done must not hold up all the others.
                log.exception("chat_life.failed", step=one.step.value, chat=one.chat)
        return _until(outlook.next_at, pause)

    def _keep_presence(self, at: datetime) -> None:
        """Whoever has a socket or a held poll here is seen; whoever has none anywhere for too long is gone.

        Whoever works over a socket uses their session as much as who opens pages.
        """
        with unit_of_work() as session:
            presence.note_seen(session, {*operators.people(), *operator_waiters.keys()}, at)
        with unit_of_work() as session:
            presence.switch_gone_offline(session, at, self._began_at)
        used = [connection for connection in operators if connection.is_used]
        for connection in used:
            connection.is_used = False
        if used:
            with unit_of_work() as session:
                sign_in.touch_used(session, {connection.session_id for connection in used}, at)

    def _keep_visitors(self, at: datetime) -> None:
        """Visitors with a living chat window here are there; who was believed to have left is back."""
        with unit_of_work() as session:
            is_somebody_back = visits.note_here(session, {*visitors.people(), *visitor_waiters.keys()}, at)
        if is_somebody_back:
            self._life_moved.set()

    def _forget_what_is_old(self, at: datetime) -> None:
        with unit_of_work() as session:
            visits.forget_old_views(session, at)
            outbox.give_up_outdated(session, at)
            visits.forget_old_presence(session, at)
            outbox.forget_old(session, at)
            deliveries.forget_old(session, at)
            password_links.forget_old(session, at)

    def _renew_rights(self, at: datetime) -> None:
        """Every socket is held against the database: sessions that ended are closed, rooms follow today's rights."""
        # Whoever connects while the database answers was not asked about.
        connected = list(operators)
        living = living_sessions(db.session(), {connection.session_id for connection in connected}, at)
        for connection in connected:
            if connection.session_id not in living:
                broadcast.tell_signed_out(connection.sid, "session_ended", NAMESPACE)
        mark = rights_mark(db.session())
        if mark != self._rights_mark:
            # Working hours are among it, and whoever saved them may be another process.
            self._availability_moved.set()
            for operator_id in operators.people():
                self._renew_rooms(operator_id)
            # Only now: where a socket vanished in the midst of it, the next round begins anew.
            self._rights_mark = mark

    def _renew_rooms(self, operator_id: int) -> None:
        person = people.person(db.session(), operator_id)
        wanted = rooms.of_person(people.facts_of(db.session(), person)) if person else set()
        changed = [connection for connection in operators.of(operator_id) if connection.rooms != wanted]
        for connection in changed:
            place_in_rooms(connection, wanted)
        if changed and person:
            broadcast.tell_resync(operator_id)

    def _close_sockets(self, ended: SessionEnded) -> None:
        for connection in operators.of(ended.operator_id):
            is_meant = ended.session_id in (None, connection.session_id)
            if is_meant and connection.session_id != ended.but_session_id:
                gevent.spawn(broadcast.tell_signed_out, connection.sid, ended.reason, NAMESPACE)

    def _tell_settings(self, at: datetime) -> None:
        broadcast.tell_settings(settings_payload(load_settings(db.session())))
        for operator_id in operators.people():
            broadcast.tell_resync(operator_id)

    def _tell_numbers(self, at: datetime) -> None:
        """Fresh numbers to those who watch a dashboard in this process."""
        for operator_id in operators.people():
            if not broadcast.is_watched(operator_id):
                continue
            person = people.person(db.session(), operator_id)
            if person is not None:
                facts = people.facts_of(db.session(), person)
                broadcast.tell_dashboard(operator_id, dashboard_payload(db.session(), facts))

    def _tell_places(self, at: datetime) -> None:
        """Who waits and has a window in this process is told of their place as it changes."""
        moved = places.look(db.session(), at)
        for visitor_id in moved.keys() & set(visitors.people()):
            broadcast.tell_place(visitor_id, moved[visitor_id])

    def _tell_availability(self, at: datetime) -> float:
        """Who is there now, to the open chat windows of this process; again when working hours begin or end."""
        shown = {
            (connection.placement, connection.snippet_department, connection.language)
            for connection in visitors
        }
        for key, named, language in shown:
            placement = db.session.scalar(select(Placement).where(Placement.key == key))
            if placement is not None:
                told = availability(db.session(), placement, language, named, at)
                broadcast.tell_availability(key, named, told)
        change = opening_hours(db.session()).changes_next(at)
        left = AVAILABILITY_SECONDS if change is None else (change - now()).total_seconds()
        return min(AVAILABILITY_SECONDS, max(0.0, left))


def _until(deadline: datetime | None, longest: float) -> float:
    """Seconds to the next deadline, where it comes before the longest pause."""
    left = longest if deadline is None else min(longest, (deadline - now()).total_seconds())
    return max(left, SHORTEST_PAUSE_SECONDS)


def _may_move_queue(change: ChatChanged) -> bool:
    """A chat waits now, or an operator had it before and may have a free place."""
    before = change.before
    return is_waiting(change.after) or (before is not None and before.operator_id is not None)


def _may_move_places(change: ChatChanged) -> bool:
    """The queue moves, or somebody who waited is gone: those behind them stand elsewhere now."""
    return _may_move_queue(change) or (change.before is not None and is_waiting(change.before))


def _look_at_queue() -> Snapshot:
    with of_one_moment() as session:
        return assignment.look(session)
