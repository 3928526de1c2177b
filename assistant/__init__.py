"""Footnote: answers from your documents, with the exact words that prove each sentence.

from assistant import Assistant

with Assistant.open("path/to/workspace") as a:
    print(a.ask("In how many countries is Safe City installed?").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant

__version__ = "0.1.0"
__all__ = ["Assistant", "__version__"]


def __getattr__(name: str) -> Any:
    # `assistant --help` imports this package: keep the steps out of it until one is used.
    if name == "Assistant":
        from assistant.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
