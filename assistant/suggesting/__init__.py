"""Suggesting: questions that a reader could ask, drawn from what the documents say.

A sentence is turned into questions that it answers; what is offered was answered first.

verbs.py     the forms of English verbs
clauses.py   what a sentence says, as far as patterns can tell
objects.py   what a sentence says that somebody does to what
drawing.py   one sentence -> questions that it answers
choosing.py  those to offer: each one really answered
offering.py  to begin with, and to go on after an answer
"""

from assistant.suggesting.offering import to_begin_with, to_go_on

__all__ = ["to_begin_with", "to_go_on"]
