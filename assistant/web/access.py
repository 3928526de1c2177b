"""Who is let in: by the name that the server was called by, and by the password, if there is one.

On this computer alone nobody has to say who they are; where others can reach the server, a password
protects all of it, page and HTTP API alike (HTTP Basic, RFC 7617: every browser and every HTTP
client knows it, and programs need no session).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass, field

from assistant.errors import PasswordMissing

LOOPBACK = "127.0.0.1"
SHORTEST_PASSWORD = 8  # characters
REALM = 'Basic realm="Footnote", charset="UTF-8"'
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True)
class Access:
    """What a request must bring: `host` is where the server listens."""

    host: str = LOOPBACK
    password: str | None = None
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    @property
    def local(self) -> bool:
        """Whether this computer alone can reach the server."""
        return is_loopback(self.host)

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server.

        A web page elsewhere can give its own name the address of this computer (DNS rebinding), so
        that its script calls this server by that name: an address, or this computer's own name,
        can be no such trick. Where a password is asked for, any name may be used, as behind a
        proxy: the browser has none to send for the other page's name.
        """
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]").lower()
        if self.local:
            return name == "localhost" or is_loopback(name)
        if self.password is not None:
            return True
        own = socket.gethostname().lower()
        return _is_address(name) or name in {"localhost", own, own.split(".")[0], f"{own}.local"}

    def opens(self, authorization: str | None) -> bool:
        """Whether an Authorization header brings the password; any user name goes with it.

        Compared in the same time, right or wrong.
        """
        if self.password is None:
            return True
        scheme, _, encoded = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            said = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        _, colon, given = said.partition(b":")
        return bool(colon) and hmac.compare_digest(
            self._digest(given), self._digest(self.password.encode())
        )

    def _digest(self, value: bytes) -> bytes:
        return hashlib.sha256(self._salt + value).digest()


THIS_COMPUTER = Access()


def granted(host: str, password: str | None, *, open_to_all: bool = False) -> Access:
    """Return the access for a server that listens on `host`.

    Raises:
        PasswordMissing: others could reach it and nothing was said of a password, or it is short.
    """
    password = password or None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise PasswordMissing(
            f"The password has {len(password)} characters. Use {SHORTEST_PASSWORD} or more."
        )
    if password is None and not open_to_all and not is_loopback(host):
        raise PasswordMissing(
            f"Others could reach {host} and read every document. Set a password in the variable "
            "FOOTNOTE_PASSWORD, or say --no-password if everyone who can reach it may ask."
        )
    return Access(host, password)


def is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
