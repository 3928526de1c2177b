"""A question and passages to the logits of where an answer begins and ends, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.embedding import find_model
from assistant.errors import ModelMissing
from assistant.reading.assembling import Tell, assembled, default_cache
from assistant.reading.precision import Precision, load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_ONCE = 4  # texts: on a processor, more in one batch are not read faster
LENGTHS = 8  # oneDNN keeps something of every length that it met: few are met, by filling up
MOST_TOKENS = 512  # of question and passage together
SETTING = "reader in footnote.toml (or FOOTNOTE_READER)"


@dataclass(frozen=True)
class Logits:
    """What the model says of one passage: float32 arrays, one value a token of the passage's text.

    `offsets` has shape (tokens, 2): the first character of each token in the text, and the one
    after its last. `none` is the logit of there being no answer, start and end together.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    offsets: NDArray[np.int64]
    none: float


class SpanModel:
    """Extractive question answering (Devlin et al. 2019, section 4.3); loads on first use.

    `name` is None for the reader that comes with the program, else a folder or a model of the
    Hugging Face hub; `folder` is where that one lies, None for our own. Ours is kept in `cache`,
    or in the user's cache folder, and computes in `precision`, or the one that is best here; any
    other one computes in single precision.

    Raises:
        ModelMissing: see `embedding.find_model`; on construction.
    """

    def __init__(
        self,
        name: str | None = None,
        root: Path = Path(),
        cache: Path | None = None,
        precision: Precision | None = None,
    ) -> None:
        self.folder = None if name is None else find_model(name, root, SETTING)
        self._cache = cache or default_cache()
        self._precision = precision

    def assemble(self, tell: Tell | None = None) -> None:
        """Put our own reader together, where it is not; see `assembling.assembled`."""
        if self.folder is None:
            assembled(self._cache, tell)

    def logits(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> list[Logits]:
        """Return the logits over each text; `leads` are read before them and never answer.

        All are read without gradients; those of like length together, since what fills the
        shorter ones up costs as much as words.

        Raises:
            ModelMissing: the folder does not hold such a model; or, as `assemble`, what ours is
                made of is not there.
            ModelAltered, CacheUnwritable: as `assemble`.
        """
        by_length = sorted(range(len(texts)), key=lambda n: len(leads[n]) + len(texts[n]))
        found: dict[int, Logits] = {}
        for first in range(0, len(texts), AT_ONCE):
            some = by_length[first : first + AT_ONCE]
            read = self._batch(question, [leads[n] for n in some], [texts[n] for n in some])
            found.update(zip(some, read, strict=True))
        return [found[number] for number in range(len(texts))]

    def _batch(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> list[Logits]:
        encoded = self.encode(question, leads, texts)
        offsets = encoded.pop("offset_mapping").numpy()
        starts, ends = self.forward(encoded)
        found = []
        for number, lead in enumerate(leads):
            tokens = [
                token
                for token, part in enumerate(encoded.sequence_ids(number))
                if part == 1 and offsets[number][token][0] >= len(lead)
            ]
            found.append(
                Logits(
                    starts[number][tokens],
                    ends[number][tokens],
                    offsets[number][tokens] - len(lead),
                    float(starts[number][0] + ends[number][0]),
                )
            )
        return found

    def encode(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> Any:
        """Return the tokenizer's tensors for a batch, with the offsets of the tokens."""
        tokenizer = self._loaded[0]
        return tokenizer(
            [question] * len(texts),
            [lead + text for lead, text in zip(leads, texts, strict=True)],
            truncation="longest_first",
            max_length=min(MOST_TOKENS, tokenizer.model_max_length),
            padding=True,
            pad_to_multiple_of=LENGTHS,
            return_offsets_mapping=True,
            return_tensors="pt",
        )

    def forward(self, encoded: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the start and end logits of a batch, each of shape (passages, tokens)."""
        import torch

        with torch.inference_mode():
            output = self._loaded[1](**encoded)
        return output.start_logits.float().numpy(), output.end_logits.float().numpy()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from transformers import AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if self.folder is None:
            folder = assembled(self._cache)
            return AutoTokenizer.from_pretrained(str(folder)), load(folder, self._precision)
        try:
            return AutoTokenizer.from_pretrained(str(self.folder)), self._other().eval()
        except (OSError, ValueError, KeyError) as error:
            raise ModelMissing(
                f"The folder {self.folder} does not hold an extractive question-answering model "
                f"({error}). Correct {SETTING}."
            ) from error

    def _other(self) -> Any:
        """Return another model; one without a trained answering layer is none."""
        from transformers import AutoModelForQuestionAnswering

        model, report = AutoModelForQuestionAnswering.from_pretrained(
            str(self.folder), local_files_only=True, output_loading_info=True
        )
        if report["missing_keys"]:
            raise ValueError(f"it has no weights for {', '.join(sorted(report['missing_keys']))}")
        return model.float()  # whatever its file keeps
