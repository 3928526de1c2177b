"""Reading: a question and the passages found for it -> the words that answer it, and how surely."""

from assistant.reading.joining import joined
from assistant.reading.model import SpanModel
from assistant.reading.reader import (
    PASSAGES,
    Reader,
    Reading,
    Signals,
    SpanReader,
    Weights,
    load_weights,
)

__all__ = [
    "PASSAGES",
    "Reader",
    "Reading",
    "Signals",
    "SpanModel",
    "SpanReader",
    "Weights",
    "joined",
    "load_weights",
]
