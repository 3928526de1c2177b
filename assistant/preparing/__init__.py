"""File -> its document and passages: a small file here, a large one in a process of its own.

Reading a large file takes Python seconds to minutes. A thread would share the interpreter with the
questions that are asked meanwhile, and no thread can be ended; a process is bounded in time and
memory, whatever a file is made of.

preparing.py    the files of a folder, one after the other
process.py      the process as it is seen from here
child.py        what runs in it
"""

from assistant.preparing.preparing import Look, Prepared, Preparing, check

__all__ = ["Look", "Prepared", "Preparing", "check"]
