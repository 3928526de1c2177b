from pathlib import Path

import pytest

from assistant import workspace
from assistant.errors import BadSettings, NoWorkspace


def test_the_workspace_around_the_current_folder_is_found(root: Path, monkeypatch):
    deep = root / "sources" / "deep"
    deep.mkdir()
    monkeypatch.chdir(deep)
    assert workspace.find() == root


def test_no_workspace_says_how_to_make_one(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoWorkspace, match="assistant init DIR"):
        workspace.find()
    with pytest.raises(NoWorkspace, match=r"no index/recipe.toml.*assistant init"):
        workspace.find(tmp_path)


def test_an_environment_variable_goes_over_the_file(root: Path, monkeypatch):
    (root / "footnote.toml").write_text('port = 8001\ntitle = "Ours"\n')
    assert workspace.load(root).settings.port == 8001
    monkeypatch.setenv("FOOTNOTE_PORT", "8002")
    loaded = workspace.load(root)
    assert loaded.settings.port == 8002
    assert loaded.title == "Ours"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "prot is not a setting"),
        ("port = 70000", "port is 70000"),
        ("threshold = 2", "threshold is 2"),
        ("port =", "cannot be read as TOML"),
    ],
)
def test_a_bad_setting_is_named(root: Path, text: str, says: str):
    (root / "footnote.toml").write_text(text)
    with pytest.raises(BadSettings, match=says):
        workspace.load(root)


def test_a_misspelt_variable_is_named(root: Path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_LIMT", "3")
    with pytest.raises(BadSettings, match=r"FOOTNOTE_LIMT is no setting. There are .*_LIMIT"):
        workspace.load(root)


def test_a_bad_recipe_is_named(root: Path):
    (root / "index" / "recipe.toml").write_text('[embedding]\nmodle = "x"\n')
    with pytest.raises(BadSettings, match=r"embedding.modle is not a setting"):
        workspace.load(root)


def test_init_keeps_what_is_there(tmp_path: Path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "mine.txt").write_text("Mine.")
    (tmp_path / ".gitignore").write_text("mine\n")
    root = workspace.create(tmp_path)
    assert (root / "sources" / "mine.txt").read_text() == "Mine."
    assert (root / ".gitignore").read_text() == "mine\n"
    assert workspace.load(root).recipe == workspace.Recipe()


def test_init_refuses_a_workspace(root: Path):
    with pytest.raises(NoWorkspace, match="is a workspace already"):
        workspace.create(root)


def test_init_under_a_file_is_a_clear_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NoWorkspace, match="cannot be made a workspace"):
        workspace.create(tmp_path / "file" / "here")
