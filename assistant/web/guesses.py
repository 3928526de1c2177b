"""Wrong passwords: those of one address are answered one a second, and delay nobody else's.

A right password is never delayed, whoever else guesses from its address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict

SECONDS_A_GUESS = 1.0
MOST_GUESSES = 5  # of one address that wait
MOST_WAITING = 100  # of all addresses


class Guesses:
    """Remembers of each address when its last wrong password is answered, while that lies ahead."""

    def __init__(self) -> None:
        self._answered_at: OrderedDict[str, float] = OrderedDict()  # oldest guess first
        self._waiting = 0

    async def answerable(self, client: str) -> bool:
        """Wait until a wrong password from `client` may be answered; False, at once, if too many
        wait for that already: from there, or in all."""
        now, network = time.monotonic(), _network(client)
        while self._answered_at and next(iter(self._answered_at.values())) <= now:
            self._answered_at.popitem(last=False)
        due = max(now, self._answered_at.get(network, now)) + SECONDS_A_GUESS
        if due - now > MOST_GUESSES * SECONDS_A_GUESS or self._waiting >= MOST_WAITING:
            return False
        self._answered_at[network] = due
        self._answered_at.move_to_end(network)
        self._waiting += 1
        try:
            await asyncio.sleep(due - now)
        finally:
            self._waiting -= 1
        return True


def _network(client: str) -> str:
    """Return whose address it is: of IPv6, everybody has 2**64 of them."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return client
