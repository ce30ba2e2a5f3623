"""A private RabbitMQ node."""

import secrets
import shutil
from pathlib import Path

from gerai_allinone.servers.network import LOOPBACK, ServerError, exchange, listens
from gerai_allinone.servers.process import PrivateServer, bare_environment, write_private


class RabbitServer(PrivateServer):
    """A private RabbitMQ node without plugins, with its own epmd and cookie; its administrator is `gerai`."""

    label = "rabbitmq"
    port_names = ("port", "distribution_port", "epmd_port", "tools_port")

    def url(self, vhost: str = "/", *, user: str = "gerai", password: str | None = None) -> str:
        """AMQP address of `vhost`, as administrator unless another user and password are given."""
        secret = self._facts["password"] if password is None else password
        return f"amqp://{user}:{secret}@{LOOPBACK}:{self.port}/{vhost.replace('/', '%2F')}"

    def rabbitmqctl(self, *arguments: str) -> str:
        """Run RabbitMQ's own command line tool against this node; returns what it prints."""
        return self._command(
            [str(_rabbit_programs() / "rabbitmqctl"), "--quiet", *arguments], self._environment()
        )

    def evaluate(self, expression: str) -> str:
        """Evaluate an Erlang expression in the node: some 20 ms, where `rabbitmqctl` takes half a second."""
        caller = shutil.which("erl_call")
        if caller is None:
            return self.rabbitmqctl("eval", f"{expression}.").strip()
        command = [caller, "-r", "-sname", str(self._facts["node"]), "-e"]
        answer = self._command(command, self._environment(), text=f"{expression}.\n").strip()
        if not answer.startswith("{ok,"):
            raise ServerError(f"{expression} failed: {answer}")
        return answer.removeprefix("{ok,").removesuffix("}").strip()

    def add_vhost(self, name: str) -> str:
        """Create a virtual host for the administrator and return its address."""
        vhost = f'<<"{name}">>'
        self.evaluate(f'rabbit_vhost:add({vhost}, <<"gerai">>)')
        rights = '<<".*">>, <<".*">>, <<".*">>'
        self.evaluate(
            f'rabbit_auth_backend_internal:set_permissions(<<"gerai">>, {vhost}, {rights}, <<"gerai">>)'
        )
        return self.url(name)

    def delete_vhost(self, name: str) -> None:
        """Delete a virtual host with all its queues and cut its connections."""
        self.evaluate(f'rabbit_vhost:delete(<<"{name}">>, <<"gerai">>)')

    def set_memory_alarm(self, on: bool) -> None:  # noqa: FBT001 - reads well: set_memory_alarm(True)
        """Raise or clear the memory alarm: while it is on RabbitMQ reads nothing from who publishes."""
        self.rabbitmqctl("set_vm_memory_high_watermark", "0.0000001" if on else "0.4")

    def stop_app(self) -> None:
        """Stop the broker inside its Erlang machine: connections break and are refused."""
        self.rabbitmqctl("stop_app")

    def start_app(self) -> None:
        """Start the broker again after `stop_app()`; returns when it answers."""
        self.rabbitmqctl("start_app")
        self._wait(self._answers, f"{self.label} does not answer on port {self.port}")

    def _new_secrets(self) -> dict[str, str | int]:
        return {
            "node": f"gerai-{secrets.token_hex(4)}@localhost",
            "cookie": secrets.token_hex(20),
            "password": secrets.token_urlsafe(18),
        }

    def _environment(self) -> dict[str, str]:
        inside = "-kernel inet_dist_use_interface {127,0,0,1}"
        return bare_environment(self.folder) | {
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._facts["epmd_port"]),
            "RABBITMQ_NODENAME": str(self._facts["node"]),
            "RABBITMQ_DIST_PORT": str(self._facts["distribution_port"]),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(self._facts["tools_port"]),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(int(self._facts["tools_port"]) + 20),
            "RABBITMQ_CTL_ERL_ARGS": inside,
            # Two schedulers for two cores; idle ones sleep instead of spinning: others need the machine.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none {inside}",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            # Else the start script stays between us and the Erlang machine, and a kill hits only the script.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _launch(self) -> None:
        write_private(self.folder / ".erlang.cookie", str(self._facts["cookie"]))
        (self.folder / "enabled_plugins").write_text("[].\n")
        settings = {
            "listeners.tcp.1": f"{LOOPBACK}:{self.port}",
            "num_acceptors.tcp": "2",
            "default_user": "gerai",
            "default_pass": self._facts["password"],
            "log.file": "rabbitmq.log",
            "log.file.level": "warning",
            "vm_memory_high_watermark.relative": "0.4",
            "disk_free_limit.absolute": "50MB",
        }
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        write_private(self.folder / "rabbitmq.conf", "".join(lines))
        epmd, epmd_port = shutil.which("epmd"), int(self._facts["epmd_port"])
        if epmd is None:
            raise ServerError(
                "epmd, a part of Erlang, is not installed; `make system-packages` installs RabbitMQ with it"
            )
        env = self._environment()
        self._spawn([epmd, "-port", str(epmd_port), "-address", LOOPBACK], env, log="epmd.log")
        self._wait(lambda: listens(epmd_port), f"epmd does not listen on port {epmd_port}")
        self._spawn([str(_rabbit_programs() / "rabbitmq-server")], env, log="output.log")

    def _answers(self) -> bool:
        """Say hello in AMQP 0-9-1: a broker that is up answers with a method frame, Connection.Start."""
        return exchange(self.port, b"AMQP\x00\x00\x09\x01").startswith(b"\x01\x00\x00")


def _rabbit_programs() -> Path:
    """The folder of RabbitMQ's own scripts: Debian's on PATH insist on the account rabbitmq."""
    folders = [
        Path("/usr/lib/rabbitmq/bin"),
        *sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin"), reverse=True),
    ]
    folders += [Path(found).resolve().parent for found in [shutil.which("rabbitmq-server")] if found]
    for folder in folders:
        if all((folder / program).exists() for program in ("rabbitmq-server", "rabbitmqctl")):
            return folder
    raise ServerError("RabbitMQ is not installed; `make system-packages` installs it")
