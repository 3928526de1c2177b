"""The base's weights and an adapter -> the reader's weights, in half precision.

An adapter holds, by the names of the model with its answering layer, `<linear>.A` of shape
(rank, in) and `<linear>.B` of shape (out, rank), whose product is added to `<linear>.weight` (Hu
et al. 2021), and whole tensors, which take the place of the base's or have none there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ModelAltered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREFIX = "mpnet."  # of the base's names within the model with its answering layer
NOT_READ = ("pooler.", "embeddings.position_ids")  # of the base, nothing here computes with these


def merge(base: Path, adapter: Path, into: Path) -> None:
    """Write the sum of two files of weights, computed in single precision, kept in half.

    Raises:
        ModelAltered: the adapter does not belong to the base, or a number is too large.
    """
    from safetensors.numpy import save_file

    try:
        # Named as transformers has it, so that the folder is a model for every other program.
        save_file(dict(_merged(base, adapter)), into, metadata={"format": "pt"})
    except ValueError as error:
        raise ModelAltered(
            f"The reader's weights in {adapter} cannot be added to its base: {error}. "
            "Install the program again."
        ) from error


def _merged(base: Path, adapter: Path) -> Iterator[tuple[str, NDArray[np.float16]]]:
    from safetensors import safe_open
    from safetensors.numpy import load_file

    held = load_file(adapter)
    with safe_open(base, framework="numpy") as file:
        for name in file.keys():  # noqa: SIM118, no dictionary
            if name.startswith(NOT_READ):
                continue
            whole = f"{PREFIX}{name}"
            weight = held.pop(whole, file.get_tensor(name))
            if (low := whole.removesuffix(".weight") + ".A") in held:
                weight = weight + _product(held.pop(low.removesuffix("A") + "B"), held.pop(low))
            yield whole, _halved(whole, weight)
    for name, weight in held.items():
        if name.endswith((".A", ".B")):
            raise ValueError(f"there is no matrix to add {name} to")
        yield name, _halved(name, weight)


def _product(tall: NDArray[np.float16], wide: NDArray[np.float16]) -> NDArray[np.float32]:
    import numpy as np

    return tall.astype(np.float32) @ wide.astype(np.float32)


def _halved(name: str, weight: NDArray[np.floating]) -> NDArray[np.float16]:
    import numpy as np

    with np.errstate(over="ignore"):  # it is told in words
        halved = weight.astype(np.float16)
    if not np.isfinite(halved).all():
        raise ValueError(f"{name} holds a number that half precision cannot")
    return halved
