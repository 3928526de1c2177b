"""A base small enough to make in a test, in five packages as the real one is, and its adapter."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from assistant.reading import assembling, base

HIDDEN, INNER, RANK, LAYERS = 8, 16, 2, 2
WORDS = ("<s>", "<pad>", "</s>", "[UNK]", "the", "barn", "was", "built", "in", "1784", ".", "when")
LINEARS = {
    **{f"attention.attn.{name}": (HIDDEN, HIDDEN) for name in "qkvo"},
    "intermediate.dense": (INNER, HIDDEN),
    "output.dense": (HIDDEN, INNER),
}
NORMS = ("attention.LayerNorm", "output.LayerNorm")


class Parts:
    """Five packages in a folder of `sys.path`, and what lies in the archive that they hold."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.files = _files()
        self.write()

    @property
    def published(self) -> dict[str, str]:
        return {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}

    def piece(self, number: int) -> Path:
        return self.site / f"tiny_{number:03}" / "input" / f"tiny.zip.{number:03}"

    def write(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.files.items():
                archive.writestr(f"{base.FOLDER}{name}", data)
        whole = packed.getvalue()
        size = len(whole) // 5 + 1
        for number in range(1, 6):
            piece = self.piece(number)
            piece.parent.mkdir(parents=True, exist_ok=True)
            piece.write_bytes(whole[size * (number - 1) : size * number])
            (piece.parents[1] / "__init__.py").write_text("raise RuntimeError('imported')")
            about = self.site / f"tiny_{number:03}-0.0.1.dist-info"
            about.mkdir(exist_ok=True)
            (about / "METADATA").write_text(f"Name: tiny-{number:03}\nVersion: 0.0.1\n")
            (about / "RECORD").write_text(f"{piece.relative_to(self.site).as_posix()},,\n")


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """The small base in place of the real one, for as long as a test runs."""
    made = Parts(tmp_path / "site")
    monkeypatch.syspath_prepend(str(made.site))
    monkeypatch.setattr(base, "PACKAGES", tuple(f"tiny-{number:03}" for number in range(1, 6)))
    monkeypatch.setattr(base, "FILES", made.published)
    adapt(made, monkeypatch)
    return made


def adapt(parts: Parts, monkeypatch: pytest.MonkeyPatch, **tensors: np.ndarray) -> None:
    """Put an adapter in the place of the real one: of the upper layer, with those changed."""
    chance = np.random.default_rng(2)
    held = {
        "qa_outputs.weight": chance.normal(size=(2, HIDDEN)),
        "qa_outputs.bias": np.zeros(2),
    }
    for linear, (out, inside) in LINEARS.items():
        held[f"mpnet.encoder.layer.1.{linear}.A"] = chance.normal(size=(RANK, inside)) * 0.1
        held[f"mpnet.encoder.layer.1.{linear}.B"] = chance.normal(size=(out, RANK)) * 0.1
    file = parts.site / "adapter.safetensors"
    save_file({n: t.astype(np.float16) for n, t in (held | tensors).items()}, file)
    monkeypatch.setattr(assembling, "ADAPTER", file)


def _files() -> dict[str, bytes]:
    chance = np.random.default_rng(1)

    def drawn(*shape: int) -> np.ndarray:
        return (chance.normal(size=shape) * 0.1).astype(np.float32)

    weights = {
        "embeddings.position_ids": np.arange(34)[None],  # not read, as the pooler
        "pooler.dense.weight": drawn(HIDDEN, HIDDEN),
        "embeddings.word_embeddings.weight": drawn(len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": drawn(34, HIDDEN),
        "encoder.relative_attention_bias.weight": drawn(32, 2),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{number}." for number in range(LAYERS)):
        norms += [layer + norm for norm in NORMS]
        for linear, shape in LINEARS.items():
            weights[f"{layer}{linear}.weight"] = drawn(*shape)
            weights[f"{layer}{linear}.bias"] = drawn(shape[0])
    for norm in norms:
        weights |= {f"{norm}.weight": 1 + drawn(HIDDEN), f"{norm}.bias": drawn(HIDDEN)}
    config = {
        "model_type": "mpnet", "hidden_size": HIDDEN, "intermediate_size": INNER,
        "num_hidden_layers": LAYERS, "num_attention_heads": 2, "vocab_size": len(WORDS),
        "max_position_embeddings": 34, "relative_attention_num_buckets": 32,
        "pad_token_id": 1, "layer_norm_eps": 1e-5,
    }  # fmt: skip
    special = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>",
               "unk_token": "[UNK]", "pad_token": "<pad>"}  # fmt: skip
    return {
        base.WEIGHTS: save(weights),
        "config.json": json.dumps(config).encode(),
        "tokenizer.json": _tokenizer().encode(),
        "tokenizer_config.json": json.dumps(
            {**special, "model_max_length": 32, "tokenizer_class": "MPNetTokenizer"}
        ).encode(),
        "special_tokens_map.json": json.dumps(special).encode(),
        "vocab.txt": "\n".join(WORDS).encode(),
    }


def _tokenizer() -> str:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordPiece({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), add_prefix_space=False
    )
    return tokenizer.to_str()
