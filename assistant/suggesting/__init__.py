"""Suggesting: questions that a reader could ask, drawn from what the documents say.

A sentence is turned into questions that it answers; what is offered was answered first.
"""

from assistant.suggesting.choosing import of_documents, of_hits, offered, on_subject

__all__ = ["of_documents", "of_hits", "offered", "on_subject"]
