"""Footnote: answers from your documents, with the exact words that prove each sentence.

from assistant import Assistant

with Assistant.open("path/to/workspace") as a:
    print(a.ask("In how many countries is Safe City installed?").text)

Beside Assistant, the values that it takes and gives (`assistant.values`) and the errors that it
raises (`assistant.errors`) can be imported from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.errors import (
        AssistantError,
        BadAddress,
        BadFacts,
        BadFeedback,
        BadQuestion,
        BadSettings,
        BadSource,
        CacheUnwritable,
        DocumentExists,
        EvaluationBusy,
        FeedbackUnwritable,
        IndexBusy,
        IndexDamaged,
        IndexFull,
        IndexMismatch,
        IndexMissing,
        IndexUnwritable,
        IntakeFull,
        Interrupted,
        ModelAltered,
        ModelMissing,
        NoDocuments,
        NoWorkspace,
        PasswordMissing,
        PortTaken,
        ReadOnly,
        SourcesEmpty,
        SourcesUnwritable,
        TooManyAsking,
        UnknownDocument,
    )
    from assistant.values import (
        Answer,
        Citation,
        Decoded,
        Document,
        Hit,
        Page,
        Passage,
        Progress,
        Refusal,
        Sentence,
        SyncReport,
    )

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "BadAddress",
    "BadFacts",
    "BadFeedback",
    "BadQuestion",
    "BadSettings",
    "BadSource",
    "Block",
    "CacheUnwritable",
    "Citation",
    "Decoded",
    "Document",
    "DocumentExists",
    "EvaluationBusy",
    "FeedbackUnwritable",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexFull",
    "IndexMismatch",
    "IndexMissing",
    "IndexOutdated",
    "IndexUnwritable",
    "IntakeFull",
    "Interrupted",
    "ModelAltered",
    "ModelMissing",
    "NoDocuments",
    "NoWorkspace",
    "Page",
    "Passage",
    "PasswordMissing",
    "Placed",
    "PortTaken",
    "Progress",
    "ReadOnly",
    "Refusal",
    "Sentence",
    "SourcesEmpty",
    "SourcesUnwritable",
    "SyncReport",
    "TooManyAsking",
    "UnknownDocument",
    "__version__",
]

_VALUES = {
    "Answer",
    "Block",
    "Citation",
    "Decoded",
    "Document",
    "Hit",
    "Page",
    "Passage",
    "Placed",
    "Progress",
    "Refusal",
    "Sentence",
    "SyncReport",
}


def __getattr__(name: str) -> Any:
    # `assistant --help` imports this package: keep the steps out of it until one is used.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "assistant" if name == "Assistant" else "values" if name in _VALUES else "errors"
    return getattr(import_module(f"{__name__}.{home}"), name)
