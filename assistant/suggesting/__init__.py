"""Suggesting: questions that a reader could ask, drawn from what the documents say.

A sentence is turned into questions that it answers; what is offered was answered first.

verbs.py     the forms of English verbs
clauses.py   what a sentence says, as far as patterns can tell
objects.py   what a sentence says that somebody does to what
drawing.py   one sentence -> questions that it answers
choosing.py  those to offer: each one really answered
"""

from assistant.suggesting.choosing import of_documents, of_hits, offered, on_subject

__all__ = ["of_documents", "of_hits", "offered", "on_subject"]
