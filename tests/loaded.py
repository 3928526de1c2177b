"""What a command on an index imports, loaded once for all that `driver.run` starts."""

import chromadb.api.rust
import filelock
import llama_index.core.schema
import rich.progress

import assistant.assistant
import assistant.cli
import tests.conftest

__all__ = ["assistant", "chromadb", "filelock", "llama_index", "rich", "tests"]
