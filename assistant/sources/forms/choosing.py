"""All forms together: which of them explains a line, where several might."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.sources.forms.amounts import amounts
from assistant.sources.forms.boxes import boxes
from assistant.sources.forms.clauses import clauses
from assistant.sources.forms.code import code
from assistant.sources.forms.drawings import drawings
from assistant.sources.forms.form import Form
from assistant.sources.forms.leaders import leaders
from assistant.sources.forms.logs import logs
from assistant.sources.forms.mail import quoted, signed
from assistant.sources.forms.manuals import manual_headings
from assistant.sources.forms.records import records
from assistant.sources.forms.references import entries
from assistant.sources.forms.tables import tables
from assistant.sources.forms.talk import talk
from assistant.sources.lines import Line

# The surest first: what one has taken, no other gets.
_READERS: tuple[Callable[[Sequence[Line]], Iterator[Form]], ...] = (
    quoted,
    signed,
    drawings,
    boxes,
    logs,
    leaders,
    tables,
    clauses,
    talk,
    code,
    records,
    entries,
    amounts,
    manual_headings,
)


def forms_of(lines: Sequence[Line]) -> list[Form]:
    """Return the forms among `lines`, in order; none of them overlap."""
    taken = bytearray(len(lines))
    found: list[Form] = []
    for read in _READERS:
        for form in read(lines):
            form.close()
            if form.blocks and not any(taken[form.first : form.after]):
                taken[form.first : form.after] = b"\1" * (form.after - form.first)
                found.append(form)
    return sorted(found, key=lambda form: form.first)
