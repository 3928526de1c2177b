"""Reading: a question and the passages found for it -> the words that answer it, and how surely.

base.py        the reader's base, verified, out of the packages that carry it
merging.py     the base's weights and an adapter -> the reader's
assembling.py  both together, once, in a cache folder
precision.py   the model from there, in the numbers that this processor computes fastest in
quantizing.py  its linear layers in eight bits
calibration.py passages by which those bits are laid out
model.py       a question and passages -> logits of where an answer begins and ends
spans.py       logits -> the best answer within each sentence
structure.py   what a sentence stands in, and what that stands under
rendering.py   a passage -> what is read of it
entities.py    characters that are written as entities
matching.py    how much of a question's words a text holds
pointing.py    which sentence another one speaks of
candidates.py  every sentence that was read, with what speaks for it
rereading.py   the likeliest of them, each read again by itself under what it stands under
disputing.py   what other documents say otherwise in the same words
tasks.py       of items with a box, those in the state that is asked for
alike.py       the rows of a table, or the items of a list, that answer as well as the best
lists.py       what a sentence needs of its list
tables.py      what a row needs of its table, and which cell answers
selecting.py   the best sentence -> those that are shown with it
short.py       the best sentence -> the words that answer, able to stand alone
joining.py     the readings of a question's parts -> one
reader.py      all of it together, and how surely
"""

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
