"""One process a core, each on its own port behind a balancer; WebSocket only, so nothing needs to stick."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gevent"
workers = 1
worker_connections = 10_000
timeout = 60
graceful_timeout = 20
keepalive = 75
control_socket_disable = True
