"""Library: what happens to files, from their folder to the index.

library.py  the documents of a workspace, kept in line with their files
"""

from assistant.library.library import Library, require_documents
from assistant.syncing import Tell

__all__ = ["Library", "Tell", "require_documents"]
