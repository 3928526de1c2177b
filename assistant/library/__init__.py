"""Library: what happens to files, from their folder to the index.

snapshot.py  a folder as it was at one look
syncing.py   what differs there from an index -> the index
library.py   both together, over time: looked at again, held, interrupted
intake.py    files into the folder and out of it, from the page
trash.py     what went out of it: kept for a while, within bounds
"""

from assistant.library.library import Library, require_documents
from assistant.library.syncing import Tell

__all__ = ["Library", "Tell", "require_documents"]
