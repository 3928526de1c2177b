"""Who is let in: by the name that the server was called by, and by the password, if there is one.

On this computer alone nobody has to say who they are; where others can reach the server, a password
protects all of it, page and HTTP API alike (HTTP Basic, RFC 7617: every browser and every HTTP
client knows it, and programs need no session). Whom a proxy is in front of, others can reach,
wherever the server listens, and they call it by the proxy's name, which has to be said.
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
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.errors import BadAddress, PasswordMissing

LOOPBACK = "127.0.0.1"
SHORTEST_PASSWORD = 8  # characters
REALM = 'Basic realm="Footnote", charset="UTF-8"'
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::\d{1,5})?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


@dataclass(frozen=True)
class Access:
    """What a request must bring.

    `host` is where the server listens; `public_names` are those of proxies in front of it, with
    their port where it is not the usual one; what is forwarded is believed of `trusted_proxies`,
    addresses or networks.
    """

    host: str = LOOPBACK
    password: str | None = field(default=None, repr=False)
    public_names: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    @property
    def local(self) -> bool:
        """Whether this computer alone can reach the server."""
        return is_loopback(self.host) and not self.public_names and not self.trusted_proxies

    @property
    def public_origins(self) -> frozenset[str]:
        """The origins of the page as browsers get it from proxies."""
        return frozenset(
            f"{scheme}://{name}" for scheme in ("https", "http") for name in self.public_names
        )

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server.

        A web page elsewhere can give its own name the address of this computer (DNS rebinding), so
        that its script calls this server by that name: an address, or this computer's own name,
        can be no such trick. Where a password is asked for and no name was given, any may be used:
        the browser has no password to send for the other page's name.
        """
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]").lower()
        if name in {_without_port(public) for public in self.public_names}:
            return True
        if is_loopback(self.host):
            return is_loopback(name)
        if self.password is not None and not self.public_names:
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


def granted(
    host: str,
    password: str | None,
    *,
    open_to_all: bool = False,
    public_names: Iterable[str] = (),
    trusted_proxies: Iterable[str] = (),
) -> Access:
    """Return the access for a server that listens on `host`.

    Raises:
        PasswordMissing: others could reach it and nothing was said of a password, it is short
            or blank, or none was wanted.
        BadAddress: a public name or a proxy's address is none.
    """
    access = Access(
        host,
        password or None,
        tuple(_public_name(name) for name in public_names),
        tuple(_network(address) for address in trusted_proxies),
    )
    password = access.password
    if password is not None and open_to_all:
        raise PasswordMissing(
            "FOOTNOTE_PASSWORD sets a password, and --no-password wants none: leave one of them."
        )
    if password is not None and not password.strip():
        raise PasswordMissing("The password has nothing but spaces. Use letters, digits and signs.")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise PasswordMissing(
            f"The password has {len(password)} characters. Use {SHORTEST_PASSWORD} or more."
        )
    if password is None and not open_to_all and not access.local:
        reached = host if not is_loopback(host) else "this server through the proxy"
        raise PasswordMissing(
            f"Others could reach {reached} and read every document. Set a password in the variable "
            "FOOTNOTE_PASSWORD, or say --no-password if everyone who can reach it may ask."
        )
    return access


def _public_name(name: str) -> str:
    """Return a public name as browsers send it: in small letters, others than a to z encoded."""
    try:
        said = name.strip().lower().encode("idna").decode()
    except UnicodeError:
        said = ""
    found = _HOST.fullmatch(said)
    if not found or not (_NAME.fullmatch(found[1]) or _is_address(found[1].strip("[]"))):
        raise BadAddress(
            f"The public name {name!r} is none: give the host alone, and its port if it is not the "
            "usual one, as in --public-name docs.example.org"
        )
    return said


def _without_port(name: str) -> str:
    found = _HOST.fullmatch(name)
    return found[1].strip("[]") if found else name


def _network(address: str) -> str:
    try:
        return str(ipaddress.ip_network(address.strip(), strict=False))
    except ValueError as error:
        raise BadAddress(
            f"The trusted proxy {address!r} is no address: give the one that the proxy's requests "
            f"come from, as in --trusted-proxy {LOOPBACK}"
        ) from error


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
