"""The numbers that chapters, sections, clauses and points of a text begin with."""

from __future__ import annotations

import re

CHAPTER = re.compile(r"(?P<number>\d{1,3})[.)]?\s+")  # "6. Committee"
# "6.3. Powers", "A.1 Proposal": a section of chapter 6, or of annex A.
SECTION = re.compile(r"(?P<number>(?:\d{1,3}|[A-Z])(?:\.\d{1,3})+)\.?\s+")
# "(a) the river is low;"
POINT = re.compile(r"[ \t]*(?P<mark>\((?P<number>[a-z]|[ivx]{2,5}|\d{1,2})\))[ \t]+(?=\S)")
