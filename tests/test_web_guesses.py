"""Wrong passwords: whom they delay. The clock stands still unless a test moves it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.web import guesses
from assistant.web.guesses import MOST_GUESSES, MOST_WAITING, Guesses


@pytest.fixture
def slept(monkeypatch: Any) -> list[float]:
    """The seconds of every wait, none of which ends."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.Future()

    monkeypatch.setattr(guesses, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(guesses, "time", SimpleNamespace(monotonic=lambda: 100.0))
    return waits


def tell(*clients: str) -> list[bool | None]:
    """Return what becomes of guesses by these clients, at once: None for one that waits."""

    async def guess() -> list[bool | None]:
        made = Guesses()
        asked = [asyncio.ensure_future(made.answerable(client)) for client in clients]
        await asyncio.sleep(0)
        said = [task.result() if task.done() else None for task in asked]
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert made._waiting == 0
        return said

    return asyncio.run(guess())


def test_guesses_of_one_address_are_answered_one_a_second_and_delay_no_other(slept: list[float]):
    assert tell(*["192.0.2.1"] * 3, "192.0.2.2") == [None] * 4
    assert slept == [1, 2, 3, 1]


def test_a_flood_from_one_address_is_told_at_once_that_it_is_one(slept: list[float]):
    said = tell(*["192.0.2.1"] * (MOST_GUESSES + 2), "192.0.2.2")
    assert said == [None] * MOST_GUESSES + [False, False, None]


def test_a_flood_from_many_addresses_is_bounded(slept: list[float]):
    said = tell(*(f"192.0.2.{number}" for number in range(MOST_WAITING + 3)))
    assert said == [None] * MOST_WAITING + [False] * 3


def test_an_ipv6_address_counts_with_its_neighbours_and_a_mapped_one_alone(slept: list[float]):
    tell("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2")
    assert slept == [1, 2, 1, 1, 1]


def test_what_is_answered_is_forgotten(monkeypatch: Any):
    monkeypatch.setattr(guesses, "SECONDS_A_GUESS", 0)

    async def guess() -> int:
        made = Guesses()
        for number in range(200):
            assert await made.answerable(f"192.0.2.{number}")
        return len(made._answered_at)

    assert asyncio.run(guess()) == 1
