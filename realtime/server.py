"""The Socket.IO server: each option with its reason."""

from flask_socketio import SocketIO

MAXIMUM_FRAME_BYTES = 128 * 1024

socketio = SocketIO(
    # Installed packages must not choose the mode for us.
    async_mode="gevent",
    # By default every event runs in a greenlet of its own, and one client's messages overtake each other.
    async_handlers=False,
    # Where WebSocket is blocked our own long polling takes over, so that no balancer needs to be sticky.
    transports=["websocket"],
    allow_upgrades=False,
    max_http_buffer_size=MAXIMUM_FRAME_BYTES,
    # A client that vanished without a word is noticed within ping_interval + ping_timeout.
    ping_interval=20,
    ping_timeout=20,
    # Identity is kept in our own record of the connection; Flask's session would be a copy frozen at connect.
    manage_session=False,
    # Watching every socket costs a sixth of the throughput; pings find the dead ones too.
    monitor_clients=False,
)
