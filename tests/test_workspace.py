import re
import traceback
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


def test_every_variable_that_is_read_is_known(root: Path, monkeypatch):
    values = {"TITLE": "Ours", "LIMIT": "3", "THRESHOLD": "0.5", "READER": "mine", "PORT": "8002"}
    values["CACHE"] = "/kept"
    for name, value in {**values, "PASSWORD": "correct horse"}.items():
        monkeypatch.setenv(f"FOOTNOTE_{name}", value)
    settings = workspace.load(root).settings
    assert (settings.title, settings.limit, settings.threshold) == ("Ours", 3, 0.5)
    assert (settings.reader, settings.port, settings.cache) == ("mine", 8002, "/kept")
    assert workspace.password() == "correct horse"
    assert set(workspace.VARIABLES) == {f"FOOTNOTE_{name}" for name in (*values, "PASSWORD")}


def test_no_other_variable_is_named_anywhere_in_the_program():
    program = Path(workspace.__file__).parent
    files = [file for file in program.rglob("*") if file.suffix in {".py", ".md", ".toml", ".js"}]
    texts = [file.read_text(encoding="utf-8") for file in files]
    named = {name for text in texts for name in re.findall(r"FOOTNOTE_[A-Z]+", text)}
    assert "FOOTNOTE_PASSWORD" in named
    assert named <= set(workspace.VARIABLES)


def test_without_a_password_there_is_none(monkeypatch):
    monkeypatch.delenv("FOOTNOTE_PASSWORD", raising=False)
    assert workspace.password() is None
    monkeypatch.setenv("FOOTNOTE_PASSWORD", "")
    assert workspace.password() is None


@pytest.mark.parametrize("name", ["FOOTNOTE_PASSWROD", "FOOTNOTE_", "footnote_pasword"])
def test_what_a_misspelt_variable_holds_is_not_told(root: Path, monkeypatch, name: str):
    monkeypatch.setenv(name, "correct horse")
    for reading in (lambda: workspace.load(root), workspace.password):
        with pytest.raises(BadSettings, match=rf"{name} is no setting. .*_PASSWORD") as raised:
            reading()
        assert "horse" not in str(raised.value)


def test_a_password_in_a_file_is_refused_and_not_told(root: Path):
    (root / "footnote.toml").write_text('password = "correct horse"\n')
    with pytest.raises(BadSettings, match="set the variable FOOTNOTE_PASSWORD") as raised:
        workspace.load(root)
    assert "horse" not in str(raised.value)


def test_a_password_that_is_no_text_is_refused_and_not_told(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_PASSWORD", "correct horse \udcff")
    with pytest.raises(
        BadSettings, match="FOOTNOTE_PASSWORD holds bytes that are no text"
    ) as raised:
        workspace.password()
    shown = "".join(traceback.format_exception(raised.value))
    assert "horse" not in shown


def test_settings_do_not_hold_the_password(root: Path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_PASSWORD", "correct horse")
    assert "horse" not in repr(workspace.load(root)) + repr(workspace.Secrets())


@pytest.mark.parametrize("line", ["limit = true", "port = false", "threshold = nan"])
def test_what_is_no_number_is_refused(root: Path, line: str):
    (root / "footnote.toml").write_text(line + "\n")
    with pytest.raises(BadSettings, match=line.split()[0]):
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
