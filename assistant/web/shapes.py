"""What the HTTP API returns, as /docs describes it: derived from the values, so that none repeats.

Each shape has the keys of its value's `to_dict`, all of which are always there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, create_model

from assistant import values


def _of(value: type, *, without: Collection[str] = (), **given: Any) -> type[BaseModel]:
    """Return the shape of a value: its fields, but for those that are `given` otherwise."""
    kinds = {**get_type_hints(value), **given}
    names = [field.name for field in fields(value) if field.name not in without]
    shape: dict[str, Any] = {name: (kinds[name], ...) for name in dict.fromkeys([*names, *given])}
    made: type[BaseModel] = create_model(value.__name__, __doc__=value.__doc__, **shape)
    return made


Passage: Any = _of(values.Passage, without=("sentences", "numbers", "blocks"))
Hit: Any = _of(values.Hit, passage=Passage)
Answer: Any = _of(values.Answer, answered=bool, hits=list[Hit])
Document: Any = _of(values.Document, without=("text", "blocks", "pages", "encoding"), length=int)


class WholeDocument(Document):  # type: ignore[misc]
    """A document with its text: every offset counts characters of it."""

    text: str


class Health(BaseModel):
    """That the server answers, and over how many documents."""

    status: Literal["ok"]
    version: str
    documents: int


class Error(BaseModel):
    """What went wrong, and what mends it."""

    error: str


# What every route may say instead of what it was asked for; a route adds its own.
REFUSALS = {
    400: "The question, or the workspace, is not in order: the message says what mends it.",
    401: "A password is asked for, and this one is missing or wrong.",
    403: "Another web page made the request.",
    405: "The route is asked in another way: `Allow` says how.",
    413: "The body is larger than 1,000,000 bytes.",
    422: "The request has the wrong shape.",
    500: "Something went wrong in Footnote; its log says what.",
    503: "The index cannot be read: the message says what mends it.",
}
UNKNOWN = {404: "A document that was named is not there."}
BUSY = {
    503: "Too many are asking, and `Retry-After` says in how many seconds to ask again; or the "
    "index cannot be read."
}


def refusals(said: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return the statuses as OpenAPI lists them, each with an `Error`."""
    return {
        status: {"model": Error, "description": description} for status, description in said.items()
    }
