"""The index: passages and their vectors in Chroma, their words in SQLite, and what changed since.

The built index lies in a workspace's `index/` folder, beside the recipe it was built from; this is
the code that builds and reads it.

faults.py    what Chroma, SQLite and the disk raise -> our errors
client.py    Chroma on a folder, opened and closed
records.py   documents and passages <-> what Chroma keeps of them
lexical.py   the words of passages <-> SQLite FTS5, ranked by BM25
store.py     one build of the index: its collections and its words
folder.py    the folder on the disk: its stores, its lock, how it is kept clean
pointer.py   the small file that names what answers
probe.py     reads a whole store, in a process of its own
checking.py  whether a store is as its last writer left it
view.py      what a question sees: one store as of one revision
opening.py   the store that answers, checked when it was opened
writer.py    documents in and out, each whole or not at all
writing.py   one run of the writer: into the live store or a new one
index.py     all of it together: one writer, many readers
"""

from assistant.index.index import Index
from assistant.index.records import Record, unknown
from assistant.index.writer import Writer

__all__ = ["Index", "Record", "Writer", "unknown"]
