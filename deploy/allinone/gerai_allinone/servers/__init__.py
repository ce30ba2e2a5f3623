"""Private PostgreSQL and RabbitMQ servers on this machine, for `make up`, the tests and the bench.

Each server lives in a folder of its own, listens on 127.0.0.1 alone, on a free port that it keeps over
restarts, and ends with the process that started it, however that process ends. No server of the system is
touched, read or needed to run.

Both classes work the same way: `start()`, `stop()`, `restart()`, `kill()` (as a power cut would), `close()`
(stop, and remove the folder if it was a temporary one), `url(...)`, and as context managers. What goes wrong
raises ServerError with the end of the server's log. Another process reaches a running server with
`attach(folder)`: it can use it and command it, but not start or end it.
"""

from gerai_allinone.servers.network import LOOPBACK, ServerError, free_ports
from gerai_allinone.servers.postgres import PostgresServer
from gerai_allinone.servers.process import PrivateServer
from gerai_allinone.servers.rabbitmq import RabbitServer

__all__ = ["LOOPBACK", "PostgresServer", "PrivateServer", "RabbitServer", "ServerError", "free_ports"]
