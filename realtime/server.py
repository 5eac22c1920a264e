"""The Socket.IO server: each option with its reason."""

import json
import logging
from typing import Any

from flask_socketio import SocketIO
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

NAMESPACES = ("/visitor", "/operator")
MAXIMUM_FRAME_BYTES = 128 * 1024


class _Json:
    """JSON as the library asks for it, without making an encoder for each packet."""

    _encode = json.JSONEncoder(separators=(",", ":")).encode
    loads = staticmethod(json.loads)

    @classmethod
    def dumps(cls, payload: Any, **_options: Any) -> str:
        return cls._encode(payload)


class TextPacket(Packet):
    """Nothing of ours is binary: the library would search each payload for bytes, at every depth, thrice a message."""

    uses_binary_events = False
    json = _Json

    def decode(self, encoded_packet: str) -> int:
        """Nor is anything that we take: parts of a binary packet would be collected until the last one comes."""
        attachments: int = super().decode(encoded_packet)
        if self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise ValueError("a binary packet")
        return attachments


def _silent(library: str) -> logging.Logger:
    """What the library complains of is what clients send; anybody could fill the log with it."""
    logger = logging.getLogger(library)
    logger.setLevel(logging.CRITICAL)
    return logger


socketio = SocketIO(
    logger=_silent("socketio"),
    engineio_logger=_silent("engineio"),
    # Without this list the library would also accept anybody in a namespace without handlers.
    namespaces=list(NAMESPACES),
    # Installed packages must not choose the mode for us.
    async_mode="gevent",
    # By default every event runs in a greenlet of its own, and one client's messages overtake each other.
    async_handlers=False,
    # Where WebSocket is blocked our own long polling takes over, so that no balancer needs to be sticky.
    transports=["websocket"],
    allow_upgrades=False,
    max_http_buffer_size=MAXIMUM_FRAME_BYTES,
    serializer=TextPacket,
    # A client that vanished without a word is noticed within ping_interval + ping_timeout.
    ping_interval=20,
    ping_timeout=20,
    # Identity is kept in our own record of the connection; Flask's session would be a copy frozen at connect.
    manage_session=False,
    # Watching every socket costs a sixth of the throughput; pings find the dead ones too.
    monitor_clients=False,
)
