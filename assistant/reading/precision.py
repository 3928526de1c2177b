"""The reader's model, in the numbers that it computes fastest in: bfloat16 or float32.

bfloat16 where the processor multiplies it natively: the answers are the same (see
`evals/benchmarks/precision.py`) and take half the time; elsewhere it takes many times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.reading.base import WEIGHTS

if TYPE_CHECKING:
    import torch

# As `torch.cpu.get_capabilities` names them: of Intel and AMD, and of ARM's servers.
NATIVE = ("avx512_bf16", "amx_bf16", "sve_bf16")


def load(folder: Path, dtype: torch.dtype | None = None) -> Any:
    """Return the model that `assembling` put together there, computing in `dtype` or the best.

    The layer that answers is computed in float32 always: the logits of two answers may differ by
    less than bfloat16 can say.
    """
    import torch
    from safetensors.torch import load_file
    from transformers import MPNetConfig, MPNetForQuestionAnswering

    dtype = dtype or best(torch.cpu.get_capabilities())
    weights = {n: w.to(dtype) for n, w in load_file(folder / WEIGHTS).items()}
    with torch.device("meta"):  # no numbers are drawn at random that are replaced at once
        model: Any = MPNetForQuestionAnswering(MPNetConfig.from_pretrained(str(folder)))
    model.load_state_dict(weights, assign=True)
    model.qa_outputs.float()
    model.qa_outputs.register_forward_pre_hook(lambda module, inputs: (inputs[0].float(),))
    return model


def best(has: Mapping[str, Any]) -> torch.dtype:
    """Return what a processor computes in fastest, by its capabilities as torch names them."""
    import torch

    return torch.bfloat16 if any(has.get(name) for name in NATIVE) else torch.float32
