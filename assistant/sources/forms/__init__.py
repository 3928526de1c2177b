"""Forms: runs of lines of plain text whose form says what they are -> their blocks; in doubt, none.

Each form has a reader, lines -> forms, that knows nothing of the others, but that clauses leave out
what leaders take; what no form explains is left to `plain.py`.

form.py        what a reader finds
mail.py        quoted lines and signatures
drawings.py    boxes and the lines that join them
boxes.py       lines in a box
logs.py        versions of a log of changes, and the list under each
leaders.py     lines that dots lead across, as in lists of charges
tables.py      lines of as many cells each
clauses.py     numbered clauses and their points
talk.py        turns of talk
code.py        indented code
records.py     fields of records
references.py  entries of references
amounts.py     what a recipe lists
manuals.py     headings of manuals
choosing.py    all of them together: which form explains a line
"""

from assistant.sources.forms.choosing import forms_of
from assistant.sources.forms.code import has_signs
from assistant.sources.forms.form import Form
from assistant.sources.forms.leaders import leaders
from assistant.sources.forms.records import records, under_names
from assistant.sources.forms.references import MOST_ENTRY_CHARS, is_entry
from assistant.sources.forms.tables import cells_of_line, is_running_text

__all__ = [
    "MOST_ENTRY_CHARS",
    "Form",
    "cells_of_line",
    "forms_of",
    "has_signs",
    "is_entry",
    "is_running_text",
    "leaders",
    "records",
    "under_names",
]
