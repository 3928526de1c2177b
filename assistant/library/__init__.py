"""Library: what happens to files, from their folder to the index.

syncing.py  a folder -> an index in line with it: only what changed
library.py  both together, over time: held, interrupted, looked at again
intake.py   files into the folder and out of it, from the page
trash.py    what went out of it: kept for a while, within bounds
"""

from assistant.library.library import Library, require_documents
from assistant.library.syncing import Tell

__all__ = ["Library", "Tell", "require_documents"]
