"""What all private servers share: a folder, remembered facts, processes, an orderly and a brutal end."""

import atexit
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from gerai_allinone.servers.family import family
from gerai_allinone.servers.network import ServerError, free_ports, is_free

START_SECONDS = 60.0
STOP_SECONDS = 20.0
# Erlang and epmd walk through all file descriptors they might have; some containers allow a billion.
OPEN_FILES = 8192


class PrivateServer(ABC):
    """Base of PostgresServer and RabbitServer: they say what to launch and how to ask if it is ready."""

    label: ClassVar[str]
    polite_end: ClassVar[signal.Signals] = signal.SIGTERM
    port_names: ClassVar[tuple[str, ...]] = ("port",)

    def __init__(self, *, folder: Path | None = None) -> None:
        """`folder` is made when missing, kept at the end, and taken up by the next server that gets it.

        Without one a temporary folder is used and removed by `close()`.
        """
        self._temporary = folder is None
        self.folder = folder.resolve() if folder else _temporary_folder(self.label)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._attached = False
        self._owner = os.getpid()
        self._facts = self._recalled_facts() or self._new_secrets() | self._new_ports()

    @classmethod
    def attach(cls, folder: Path) -> Self:
        """The server another process runs in `folder`, to be used and commanded, not started or ended."""
        if not (folder / "server.json").is_file():
            raise ServerError(f"no {cls.label} was started in {folder}")
        server = cls(folder=folder)
        server._attached = True
        return server

    @property
    def port(self) -> int:
        """The loopback port of the server, the same over restarts."""
        return int(self._facts["port"])

    @property
    def running(self) -> bool:
        """True while all processes of the server live; for an attached server, while it answers."""
        if self._attached:
            return self._answers()
        return bool(self._processes) and all(process.poll() is None for process in self._processes)

    @property
    def process_id(self) -> int:
        """The server's main process, for measuring it."""
        if not self._processes:
            raise ServerError(f"this process has no {self.label} running")
        return self._processes[-1].pid

    def start(self) -> Self:
        """Start, and return when the server answers its own protocol. A running server is left alone.

        Call it from a thread that lives as long as the server shall: the kernel ends the server with it.
        """
        self._refuse_when_attached()
        if self.running:
            return self
        self._end(patience=0)
        self._remember_facts()
        self._owner = os.getpid()
        atexit.register(self.close)
        try:
            self._launch()
            self._wait(self._answers, f"{self.label} does not answer on port {self.port}")
        except BaseException:
            self._end(patience=0)
            raise
        return self

    def stop(self) -> None:
        """End in order, keeping the data for the next `start()`."""
        self._refuse_when_attached()
        self._end(patience=STOP_SECONDS)

    def kill(self) -> None:
        """End at once with SIGKILL, as a power cut would, keeping what was on the disk."""
        self._refuse_when_attached()
        self._end(patience=0)

    def restart(self) -> Self:
        """Stop in order and start again on the same port with the same data."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """Stop, and remove the folder if it was a temporary one. May be called twice."""
        # A forked child inherits our exit handlers, but the servers are not its own.
        if self._attached or os.getpid() != self._owner:
            return
        atexit.unregister(self.close)
        self.stop()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def log_tail(self, lines: int = 30) -> str:
        """The end of everything the server has written about itself."""
        texts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))]
        return "\n".join("\n".join(filter(None, texts)).splitlines()[-lines:])

    @abstractmethod
    def _new_secrets(self) -> dict[str, str | int]:
        """Passwords, each made once for a folder."""

    @abstractmethod
    def _launch(self) -> None:
        """Start the server's processes."""

    @abstractmethod
    def _answers(self) -> bool:
        """True when the server takes work."""

    def _new_ports(self) -> dict[str, str | int]:
        return dict(zip(self.port_names, free_ports(len(self.port_names)), strict=True))

    def _recalled_facts(self) -> dict[str, str | int]:
        with suppress(FileNotFoundError):
            facts: dict[str, str | int] = json.loads((self.folder / "server.json").read_text())
            return facts
        return {}

    def _remember_facts(self) -> None:
        """Keep the ports of an earlier start in this folder, unless somebody else has taken one since."""
        if not all(is_free(int(self._facts[name])) for name in self.port_names):
            self._facts |= self._new_ports()
        write_private(self.folder / "server.json", json.dumps(self._facts))

    def _refuse_when_attached(self) -> None:
        if self._attached:
            raise ServerError(f"this {self.label} belongs to the process that started it")

    def _spawn(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        log: str,
        account: pwd.struct_passwd | None = None,
    ) -> None:
        """Start a process in a session of its own, so that a Ctrl-C meant for us does not reach it."""
        with (self.folder / log).open("ab") as output:
            process = subprocess.Popen(
                [*leash(), *command],
                env=dict(env),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **_as_account(account),
            )
        self._processes.append(process)

    def _command(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        text: str = "",
        account: pwd.struct_passwd | None = None,
    ) -> str:
        """Run one short command to its end, with `text` as its input, and return what it printed."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            list(command),
            env=dict(env),
            cwd=self.folder,
            input=text,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
            **_as_account(account),
        )
        if done.returncode != 0:
            program = Path(command[0]).name
            raise ServerError(f"{program} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _end(self, *, patience: float) -> None:
        """End the newest process first; what is left after `patience` seconds is killed, descendants too."""
        while self._processes:
            process = self._processes.pop()
            members = family(process.pid)
            if patience and process.poll() is None:
                process.send_signal(self.polite_end)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(patience)
            for member in members:
                member.kill()
            process.wait()
            deadline = time.monotonic() + STOP_SECONDS
            while any(member.lives() for member in members):
                if time.monotonic() > deadline:
                    raise ServerError(f"{self.label} does not end")
                time.sleep(0.01)

    def _wait(self, condition: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            ended = any(process.poll() is not None for process in self._processes)
            if ended or time.monotonic() > deadline:
                raise ServerError(f"{complaint}{'; it ended by itself' if ended else ''}\n{self.log_tail()}")
            time.sleep(0.02)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def bare_environment(home: Path) -> dict[str, str]:
    """Nothing of ours reaches a server: a stray PGDATA or RABBITMQ_NODENAME would make it somebody else's."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def _as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _temporary_folder(label: str) -> Path:
    """A new folder in the temporary one, or in /tmp if PostgreSQL's account may not enter root's own."""
    root = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() == 0 and not all(path.stat().st_mode & 0o001 for path in (root, *root.parents)):
        root = Path("/tmp")  # noqa: S108 - mkdtemp makes an unguessable folder in it
    return Path(tempfile.mkdtemp(prefix=f"gerai-{label}-", dir=root))


def leash(*, bound_files: bool = True) -> list[str]:
    """Words before a command that end it with us, even if SIGKILL ends us, and bound its open files."""
    words: list[str] = []
    if setpriv := shutil.which("setpriv"):
        words += [setpriv, "--pdeathsig", "KILL", "--"]
    if bound_files and (prlimit := shutil.which("prlimit")):
        words += [prlimit, f"--nofile={OPEN_FILES}", "--"]
    return words
