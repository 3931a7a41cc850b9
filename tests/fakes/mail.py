"""A mail server of our own: speaks enough SMTP to be handed mails, keeps them, and makes trouble when it is told to."""

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
    """What was handed over: who it was for, and the mail; and what the server does meanwhile.

    `refuses`: nothing is taken now. `unknown`: what it says to addresses it does not take. `at_end`: what it says
    to a whole mail instead of taking it. `drops`: so many mails are taken and never answered. `away`: it hangs up on
    everybody. `closes`: so many mails are turned away with a good-bye. `wants_login`: nobody has the right password;
    `logins`: how many told one.
    """

    url: str = ""
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    connections: int = 0
    refuses: bool = False
    unknown: dict[str, str] = field(default_factory=dict)
    at_end: str = ""
    drops: int = 0
    away: bool = False
    closes: int = 0
    wants_login: bool = False
    logins: int = 0

    @property
    def to(self) -> list[str]:
        """For whom there are mails, in the order in which they came."""
        return [address for addresses, _ in self.mails for address in addresses]


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve until the end."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            box.connections += 1
            if box.away:
                return
            self.say("220 here")
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "EHLO" if box.wants_login:
                        self.say("250-yes\r\n250 AUTH PLAIN")
                    case "AUTH":
                        box.logins += 1
                        self.say("535 5.7.8 not you")
                    case "EHLO" | "HELO" | "RSET" | "NOOP":
                        to = []
                        self.say("250 yes")
                    case "MAIL" if box.closes:
                        box.closes -= 1
                        self.say("421 too many")
                        return
                    case "MAIL":
                        self.say("451 not now" if box.refuses else "250 yes")
                    case "RCPT":
                        address = line.partition("<")[2].partition(">")[0]
                        if address not in box.unknown:
                            to.append(address)
                        self.say(box.unknown.get(address, "250 yes"))
                    case "DATA":
                        if not self.take(to):
                            return
                        to = []
                    case "QUIT":
                        self.say("221 good bye")
                        return
                    case _:
                        self.say("500 what")

        def take(self, to: list[str]) -> bool:
            """Take a mail; False where the connection ends with it."""
            self.say("354 go on")
            body = b""
            while (part := self.rfile.readline()) != b".\r\n":
                body += part.removeprefix(b".").replace(b"\r\n", b"\n")
            if box.at_end:
                self.say(box.at_end)
                return True
            mail = email.message_from_bytes(body, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append((to, mail))
            if box.drops:
                box.drops -= 1
                return False
            self.say("250 taken")
            return True

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
