"""The Assistant that is served, and the one that the tests serve, are what web/ asks for."""

from __future__ import annotations

import inspect
from inspect import Parameter

import pytest

from assistant.assistant import Assistant
from assistant.web.answerer import Answerer
from tests.fakes import FakeAssistant

MEMBERS = [name for name in vars(Answerer) if not name.startswith("_")]


def parameters(owner: type, name: str) -> list[Parameter]:
    """Return what a method takes, without annotations; nothing for what is no method."""
    member = inspect.getattr_static(owner, name)
    if not inspect.isfunction(member):
        return []
    taken = inspect.signature(member).parameters.values()
    return [parameter.replace(annotation=Parameter.empty) for parameter in taken]


def drifted(owner: type) -> list[str]:
    """Return the members of Answerer that `owner` lacks, or takes other parameters for."""
    return [
        name
        for name in MEMBERS
        if not hasattr(owner, name) or parameters(owner, name) != parameters(Answerer, name)
    ]


@pytest.mark.parametrize("owner", [Assistant, FakeAssistant])
def test_both_have_every_member_with_its_parameters(owner: type):
    assert drifted(owner) == []


def test_a_member_that_drifts_is_seen():
    class Renamed(FakeAssistant):
        def refresh(self, progress=None):
            return None

    class Older(FakeAssistant):
        def retrieve(self, question, limit=8):  # type: ignore[override]
            return []

    class Stricter(FakeAssistant):
        def ask(self, question, history, documents=None):  # type: ignore[override]
            return None

    class Lacking:
        title = "Security ties"

    assert drifted(Renamed) == ["refresh"]
    assert drifted(Older) == ["retrieve"]
    assert drifted(Stricter) == ["ask"]
    assert drifted(Lacking) == [name for name in MEMBERS if name != "title"]


def test_what_the_fake_has_beside_them_is_for_tests_alone():
    beside = {name for name in vars(FakeAssistant) if not name.startswith("_")} - set(MEMBERS)
    assert beside == set()
