"""Splitting: Document -> Passage. Sections are cut first, then paragraphs, then sentences.

A heading, a list item or a table row therefore never runs into a sentence: the document's blocks
say where they stand. Sentences are measured as pieces, the pieces packed into passages.

sections.py   Document -> what stands under each heading, and above the first
punkt.py      where sentences begin, by punkt with its English data
sentences.py  text -> the spans of its sentences, in other scripts too
pieces.py     Document -> sentences, measured in tokens, those too long cut
packing.py    the pieces of a section -> which of them make a passage each
passages.py   Document -> Passage, and what of it is embedded
"""

from assistant.splitting.passages import embedded_text, split
from assistant.splitting.punkt import written_small
from assistant.splitting.sections import Section, sections
from assistant.splitting.sentences import sentence_spans

__all__ = ["Section", "embedded_text", "sections", "sentence_spans", "split", "written_small"]
