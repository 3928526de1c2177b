"""The index: passages and their vectors in Chroma, their words in SQLite, and what changed since.

The built index lies in a workspace's `index/` folder, beside the recipe it was built from; this is
the code that builds and reads it.

client.py    Chroma on a folder, opened and closed
records.py   documents and passages <-> what Chroma keeps of them
lexical.py   the words of passages <-> SQLite FTS5, ranked by BM25
pointer.py   the small file that names what answers
view.py      what a question sees: one generation as of one revision
writer.py    documents in and out, each whole or not at all
index.py     all of it together: one writer, many readers
"""

from assistant.index.index import Index
from assistant.index.records import Record
from assistant.index.writer import Writer

__all__ = ["Index", "Record", "Writer"]
