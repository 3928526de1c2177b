"""Questions: a question as it was typed, after what was said before -> as it was meant.

checking.py    what can be a question, and what was said before it
small_talk.py  a greeting, thanks: what is no question to the documents
spelling.py    a misspelled question -> as it was meant, by the words of the passages found
wording.py     its numbers and dates -> as the passages write them
parts.py       a question of several parts -> the questions it is made of
"""

from assistant.questions.checking import LONGEST_QUESTION, check_question
from assistant.questions.parts import parts, points_back
from assistant.questions.small_talk import small_talk
from assistant.questions.spelling import corrected, mistaken
from assistant.questions.wording import as_written

__all__ = [
    "LONGEST_QUESTION",
    "as_written",
    "check_question",
    "corrected",
    "mistaken",
    "parts",
    "points_back",
    "small_talk",
]
