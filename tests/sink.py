"""An SMTP server on loopback that keeps what it is sent, or refuses it as it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Condition, Thread

PATIENCE = 20


@dataclass
class Sink:
    """port: where it listens; answers: what it says to RCPT by address, else `to_all`; to_sender: to MAIL; per_connection: e-mails until it hangs up."""

    port: int = 0
    to_all: str = "250 ok"
    to_sender: str = "250 ok"
    answers: dict[str, str] = field(default_factory=dict)
    per_connection: int = 1000
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: Condition = field(default_factory=Condition)

    @property
    def mails(self) -> list[EmailMessage]:
        """What has come, in its order."""
        with self.arrived:
            return [message_from_bytes(one, policy=default) for one in self.raw]

    def wait(self, count: int) -> list[EmailMessage]:
        """The same, once that many have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.raw) >= count, PATIENCE), "too few e-mails came"
        return self.mails


class Conversation(StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        sink.connections += 1
        taken = 0
        self._say("220 sink")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            command = line.upper()
            if command.startswith("EHLO"):
                self._say("250-sink\r\n250 8BITMIME")
            elif command.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                self._say(sink.answers.get(address, sink.to_all))
            elif command == "DATA":
                self._say("354 go on")
                self._take(sink)
                taken += 1
            elif command == "QUIT":
                self._say("221 bye")
                return
            elif command.startswith("MAIL") and taken >= sink.per_connection:
                self._say("421 enough")
                return
            elif command.startswith("MAIL"):
                self._say(sink.to_sender)
            else:
                self._say("250 ok")

    def _take(self, sink: Sink) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        with sink.arrived:
            sink.raw.append(b"".join(lines))
            sink.arrived.notify_all()
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Listener(ThreadingTCPServer):
    daemon_threads = True
    address_family = socket.AF_INET
    sink: Sink


@contextmanager
def listening() -> Iterator[Sink]:
    """A sink that is there until the block ends."""
    with Listener(("127.0.0.1", 0), Conversation) as server:
        server.sink = Sink(port=server.server_address[1])
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.sink
        finally:
            server.shutdown()
            thread.join()


def settings(sink: Sink) -> dict[str, object]:
    """The settings of a site that sends its e-mail there."""
    return {
        "GOALSITE_SMTP_HOST": "127.0.0.1",
        "GOALSITE_SMTP_PORT": sink.port,
        "GOALSITE_SMTP_SECURITY": "none",
        "GOALSITE_MAIL_SENDER": "An Nhiên <goals@annhien.vn>",
        "GOALSITE_URL": "https://goals.annhien.vn",
    }
