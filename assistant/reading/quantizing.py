"""Linear layers in eight bits: each input by its own scale, each row of the weights by its own.

The inputs of a layer hold channels far larger than the others (up to 80 times the median); rounded
as they are, they would drown the rest. Each channel's inputs are therefore divided, and its weights
multiplied, by max|input|^0.5 / max|weight|^0.5 (SmoothQuant, Xiao et al. 2023), which changes no
product. The largest inputs are those of a few passages of our own, read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn

INPUT_LEVELS = 127  # on either side of 0
# Of int8's 127: a processor without VNNI adds two products in sixteen bits, and cuts off sums that
# are larger. At 90 some are, at 127 enough to change answers.
WEIGHT_LEVELS = 75
LEAST = 1e-3  # of a channel's largest input: one that was hardly ever used
ROWS = 512  # about as many tokens are read at once; the weights are laid out for that


class EightBits(nn.Module):
    """What an `nn.Linear` computes, nearly, from inputs of any shape (…, in) in float32."""

    def __init__(self, linear: nn.Linear, largest: Tensor) -> None:
        super().__init__()
        weight = linear.weight.detach()
        per_channel = weight.abs().amax(0).clamp(min=LEAST * weight.abs().max())
        smooth = (largest.clamp(min=LEAST) / per_channel).sqrt()
        self._divide = 1 / smooth
        weight = weight * smooth
        self._scales = weight.abs().amax(1) / WEIGHT_LEVELS
        levels = torch.round(weight / self._scales[:, None]).to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(levels, [ROWS, weight.shape[1]])
        self._zeros = torch.zeros(len(levels), dtype=torch.int64)
        self._bias = linear.bias.detach()

    def forward(self, inputs: Tensor) -> Tensor:
        rows = inputs.flatten(0, -2) * self._divide
        largest = rows.abs().amax(1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny)
        levels = torch.round(rows * (INPUT_LEVELS / largest)).to(torch.int8)
        product = torch.ops.onednn.qlinear_pointwise(
            levels, 1 / INPUT_LEVELS, 0, self._packed, self._scales, self._zeros, None,
            1.0, 0, torch.float32, "none", [], "none",
        )  # fmt: skip
        found = torch.addcmul(self._bias, product, largest)
        return found.view(*inputs.shape[:-1], -1)


def quantize(model: nn.Module, largest: Mapping[str, Tensor]) -> None:
    """Put eight bits in the place of every linear layer that `largest` names."""
    for name, channels in largest.items():
        parent, _, own = name.rpartition(".")
        linear = cast(nn.Linear, model.get_submodule(name))
        setattr(model.get_submodule(parent), own, EightBits(linear, channels.float()))


def largest_inputs(model: nn.Module, read: Callable[[], Any]) -> dict[str, Tensor]:
    """Return of each linear layer, by its name, each channel's largest input while `read` runs.

    The layer that answers is left out: it is small, and what it says is final.
    """
    found: dict[str, Tensor] = {}

    def look(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            channels = inputs[0].detach().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(channels, found.get(name, channels))

        return hook

    hooks = [
        module.register_forward_pre_hook(look(name))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name != "qa_outputs"
    ]
    try:
        read()
    finally:
        for hook in hooks:
            hook.remove()
    return found
