"""A mail server of our own: speaks enough SMTP to be handed a mail, and keeps it."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Mailbox:
    """What was handed over: who it was for, and the mail. While `refuses`, nothing is taken."""

    url: str = ""
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: bool = False


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve until the end."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "EHLO" | "HELO" | "RSET" | "NOOP":
                        self.say("250 yes")
                    case "MAIL":
                        self.say("451 not now" if box.refuses else "250 yes")
                    case "RCPT":
                        to.append(line.partition("<")[2].partition(">")[0])
                        self.say("250 yes")
                    case "DATA":
                        self.say("354 go on")
                        body = b""
                        while (part := self.rfile.readline()) != b".\r\n":
                            body += part
                        mail = email.message_from_bytes(body, policy=email.policy.default)
                        assert isinstance(mail, EmailMessage)
                        box.mails.append((to, mail))
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 good bye")
                        return
                    case _:
                        self.say("500 what")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
