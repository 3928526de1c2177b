"""Where punkt, with the English data that llama-index-core carries, says that sentences begin."""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ModelMissing
from assistant.sources.spans import last_space

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

WINDOW_CHARS = 5_000

# Abbreviations that go on before a capital letter too, without their closing full stop.
_ABBREVIATIONS = frozenset(
    """
    al apr assoc aug cf comp corp dec dept dr ed eds e.g eq eqs esp etc feb fig figs gen gov hon
    i.e ibid inc incl intl jan jr jul jun lt ltd maj messrs mr mrs ms mt nov oct orig pp prof
    repr sen sep sept sgt sr st supp trans univ viz vol vols vs
    """.split()  # noqa: SIM905 - a list of strings would fill a page
)
_STOP = re.compile(r"[.!?]")


def punkt_starts(text: str) -> Iterator[int]:
    """Return where sentences begin, but for the first one; `text` is read in windows.

    Punkt's regular expressions give up after some seconds, so that a paragraph of a million
    characters would fail on a slow machine.

    Raises:
        ModelMissing: the data is not there.
    """
    position = 0
    while stop := _STOP.search(text, position):
        # Without a stop, no sentence begins: what is far before the next is not looked at.
        position = _before(text, position, stop.start())
        end = min(position + WINDOW_CHARS, len(text))
        starts = [position + start for start, _ in _punkt().span_tokenize(text[position:end])]
        if end == len(text):
            yield from starts[1:]
            return
        # The window's end cuts a word, so that what comes last is looked at again.
        yield from starts[1:-1]
        position = starts[-2] if len(starts) > 2 else last_space(text, position + 1, end) or end


def _before(text: str, position: int, stop: int) -> int:
    """Return where the window begins that holds the next stop: at `position`, if it is near."""
    if stop < position + WINDOW_CHARS:
        return position
    near = stop - WINDOW_CHARS // 2
    return last_space(text, near, stop) or near


def written_small(word: str) -> bool:
    """Whether punkt's English texts hold a word, given in lower case, without a capital.

    "officials" -> True; "warsaw" -> False

    Raises:
        ModelMissing: the data is not there.
    """
    from nltk.tokenize import punkt  # slow to import

    return bool(_punkt()._params.ortho_context.get(word, 0) & punkt._ORTHO_LC)


@functools.cache
def _punkt() -> PunktSentenceTokenizer:
    """Load the data without importing llama-index-core."""
    from nltk.tabdata import PunktDecoder  # slow to import
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    folder = _data_folder()
    decoder, parameters = PunktDecoder(), PunktParameters()
    try:
        with (folder / "collocations.tab").open(encoding="utf-8") as file:
            parameters.collocations = set(decoder.tab2tups(file))
        with (folder / "sent_starters.txt").open(encoding="utf-8") as file:
            parameters.sent_starters = decoder.txt2set(file)
        with (folder / "abbrev_types.txt").open(encoding="utf-8") as file:
            parameters.abbrev_types = decoder.txt2set(file) | _ABBREVIATIONS | titles()
        with (folder / "ortho_context.tab").open(encoding="utf-8") as file:
            parameters.ortho_context = decoder.tab2intdict(file)
    except OSError as error:
        raise ModelMissing(_NO_DATA) from error
    return PunktSentenceTokenizer(parameters)


@functools.cache
def titles() -> frozenset[str]:
    """Return the abbreviations that stand before a name ("Rev.", "Capt."), by pysbd's list."""
    from pysbd.lang.common.standard import Standard

    return frozenset(Standard.Abbreviation.PREPOSITIVE_ABBREVIATIONS)


_NO_DATA = (
    "The data that sentences are found with is not there; llama-index-core carries it. "
    "Install it again: pip install --force-reinstall llama-index-core"
)


def _data_folder() -> Path:
    found = importlib.util.find_spec("llama_index")  # a namespace: finding it runs none of it
    for root in (found.submodule_search_locations or ()) if found else ():
        folder = Path(root, "core/_static/nltk_cache/tokenizers/punkt_tab/english")
        if folder.is_dir():
            return folder
    raise ModelMissing(_NO_DATA)
