"""Questions: a question as it was typed, after what was said before -> as it was meant.

checking.py    what can be a question, and what was said before it
small_talk.py  a greeting, thanks: what is no question to the documents
spelling.py    a misspelled question -> as it was meant, by the words of the passages found
parts.py       a question of several parts -> the questions it is made of
"""

from assistant.questions.checking import LONGEST_QUESTION, check_question
from assistant.questions.parts import parts, points_back
from assistant.questions.small_talk import small_talk
from assistant.questions.spelling import corrected, mistaken

__all__ = [
    "LONGEST_QUESTION",
    "check_question",
    "corrected",
    "mistaken",
    "parts",
    "points_back",
    "small_talk",
]
