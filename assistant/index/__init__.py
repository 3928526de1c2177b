"""The index: passages and their vectors in Chroma, their words in SQLite, and what changed since.

The built index lies in a workspace's `index/` folder, beside the recipe it was built from; this is
the code that builds and reads it.
"""

from assistant.index.index import Index
from assistant.index.records import Record
from assistant.index.writer import Writer

__all__ = ["Index", "Record", "Writer"]
