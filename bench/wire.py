"""A light Socket.IO client over a raw WebSocket: a thousand of them fit into one process beside the server they load.

It speaks just what our servers send: text frames that are not fragmented, one namespace per connection.
"""

import asyncio
import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

CONNECT_SECONDS = 20.0
CONNECT, EVENT, ACK, REFUSE = "0", "2", "3", "4"
"""Kinds of Socket.IO packets."""
_TEXT, _CLOSE = 0x81, 0x88


class Refused(Exception):
    """The server did not accept the connection."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who connects: the namespace and what proves the identity there."""

    port: int
    namespace: str
    auth: dict[str, Any] | None = None
    cookie: str = ""

    def prefix(self, kind: str) -> str:
        """What packets of a kind begin with: `42/visitor,`; the main namespace is not named."""
        return f"4{kind}" if self.namespace == "/" else f"4{kind}{self.namespace},"


class WireSocket(asyncio.Protocol):
    """One connection. Socket.IO packets go to `hear` as text; the namespace is cut off by whoever knows it."""

    def __init__(self, seat: Seat, hear: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._seat = seat
        self._hear = hear
        self._buffer = b""
        self._is_upgraded = False
        self._transport: asyncio.Transport | None = None
        self.event, self.ack = seat.prefix(EVENT), seat.prefix(ACK)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_handshake(self._seat))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(Refused("the connection was closed"))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._is_upgraded and not self._take_answer():
            return
        for text in self._frames():
            self._packet(text)

    def send(self, packet: str) -> None:
        """A packet as a masked frame (masked by zero, so the bytes stay as they are); a closed socket sends nothing."""
        if self._transport is None or self._transport.is_closing():
            return
        payload = packet.encode()
        self._transport.write(_head(len(payload)) + payload)

    def command(self, name: str, payload: dict[str, Any], number: int) -> None:
        """An event that asks for the acknowledgement with this number."""
        self.send(f"{self.event}{number}{json.dumps([name, payload], separators=(',', ':'))}")

    def abort(self) -> None:
        """End it as a lost network does: without a word."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _take_answer(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        status = head.split(b" ", 2)[1]
        if status != b"101":
            if not self.ready.done():
                self.ready.set_exception(Refused(head.split(b"\r\n", 1)[0].decode()))
            self.abort()
            return False
        self._is_upgraded = True
        self._buffer = rest
        return True

    def _frames(self) -> Iterator[str]:
        buffer, start, total = self._buffer, 0, len(self._buffer)
        while total - start >= 2:
            kind, size, body = buffer[start], buffer[start + 1], start + 2
            if size == 126:
                size, body = int.from_bytes(buffer[body : body + 2]), body + 2
            elif size == 127:
                size, body = int.from_bytes(buffer[body : body + 8]), body + 8
            if total < body + size:
                break
            start = body + size
            if kind == _TEXT:
                yield buffer[body:start].decode()
            elif kind == _CLOSE:
                self.close()
        self._buffer = buffer[start:]

    def _packet(self, text: str) -> None:
        kind = text[0]
        if kind == "4":
            if self.ready.done():
                self._hear(text)
            elif text.startswith(self._seat.prefix(CONNECT)):
                self.ready.set_result(None)
            elif text.startswith(self._seat.prefix(REFUSE)):
                self.ready.set_exception(Refused(text))
        elif kind == "2":
            self.send("3")
        elif kind == "0":
            auth = "" if self._seat.auth is None else json.dumps(self._seat.auth)
            self.send(self._seat.prefix(CONNECT) + auth)


def _handshake(seat: Seat) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: localhost:{seat.port}",
        f"Origin: http://localhost:{seat.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *([f"Cookie: {seat.cookie}"] if seat.cookie else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _head(size: int) -> bytes:
    if size < 126:
        return bytes((_TEXT, 0x80 | size)) + b"\0\0\0\0"
    if size < 65536:
        return bytes((_TEXT, 0x80 | 126)) + size.to_bytes(2) + b"\0\0\0\0"
    return bytes((_TEXT, 0x80 | 127)) + size.to_bytes(8) + b"\0\0\0\0"


async def connect(seat: Seat, hear: Callable[[str], None]) -> WireSocket:
    """A socket that is connected to its namespace, or `Refused`."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: WireSocket(seat, hear), "127.0.0.1", seat.port)
    try:
        await asyncio.wait_for(socket.ready, CONNECT_SECONDS)
    except BaseException:
        socket.abort()
        raise
    return socket


def body_of(packet: str, prefix: str) -> tuple[str, Any]:
    """The number (or nothing) and the JSON of a packet that begins with the prefix."""
    rest = packet[len(prefix) :]
    start = rest.index("[")
    return rest[:start], json.loads(rest[start:])
