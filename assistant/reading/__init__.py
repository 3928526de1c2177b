"""Reading: a question and the passages found for it -> the words that answer it, and how surely."""

from assistant.reading.joining import joined
from assistant.reading.model import SpanModel
from assistant.reading.reader import PASSAGES, Reader, Reading, SpanReader

__all__ = ["PASSAGES", "Reader", "Reading", "SpanModel", "SpanReader", "joined"]
