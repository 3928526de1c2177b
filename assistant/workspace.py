"""Find a workspace, read its settings, make a new one.

A workspace is a folder with `sources/` (what is read), `index/recipe.toml` (what the index is
built with) and, if wanted, `footnote.toml` (every other setting) and `evals/` (known facts);
`trash/` holds what was removed from the page.
Environment variables `FOOTNOTE_…` go over the file: FOOTNOTE_PORT=8000 over `port = 7860`. Which
there are is said here alone, by `Settings` and `Secrets`; any other is refused, as it is misspelt.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.embedding import DEFAULT_MODEL
from assistant.errors import BadSettings, NoWorkspace

RECIPE = Path("index") / "recipe.toml"
SETTINGS = Path("footnote.toml")
PREFIX = "FOOTNOTE_"


class EmbeddingRecipe(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(default=DEFAULT_MODEL, min_length=1)


class Recipe(BaseModel):
    """What changes passages or vectors, and therefore asks for a rebuild when it is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedding: EmbeddingRecipe = EmbeddingRecipe()


class Settings(BaseSettings):
    """Everything that can be changed without building the index again."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    title: str = Field(default="", max_length=100, description="the chat page's heading")
    limit: int = Field(default=8, ge=1, le=100, description="passages retrieved for a question")
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="the least confidence that is answered; the calibrated one if not set",
    )
    reader: str | None = Field(
        default=None,
        min_length=1,
        description="another extractive question-answering model, a folder or a hub name",
    )
    cache: str | None = Field(
        default=None,
        min_length=1,
        description="the folder in which the reader is kept; the user's cache folder if not set",
    )
    port: int = Field(default=7860, ge=1, le=65535, description="the chat page's port")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth(cls, value: object) -> object:
        """Refuse true and false, which would be taken for 1 and 0."""
        if isinstance(value, bool):
            raise ValueError("neither true nor false fits here")
        return value


class Secrets(BaseSettings):
    """What the environment alone says: files are copied, shown and committed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    password: SecretStr = Field(
        default=SecretStr(""), description="what whoever reaches the chat page must know"
    )


VARIABLES = tuple(
    PREFIX + name.upper() for kind in (Settings, Secrets) for name in kind.model_fields
)


@dataclass(frozen=True)
class Workspace:
    root: Path
    recipe: Recipe
    settings: Settings

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def trash(self) -> Path:
        """Where documents go that are removed from the page; nothing in it is read."""
        return self.root / "trash"

    @property
    def evals(self) -> Path:
        return self.root / "evals"

    @property
    def cache(self) -> Path | None:
        """The folder in which the reader is kept, where one is named."""
        named = self.settings.cache
        return None if named is None else self.root / Path(named).expanduser()

    @property
    def title(self) -> str:
        return self.settings.title or "Footnote"


def find(folder: Path | str | None = None) -> Path:
    """Return the root of the workspace at `folder`, or of the one around the current folder.

    Raises:
        NoWorkspace: there is none.
    """
    if folder is not None:
        root = Path(folder).resolve()
        if not (root / RECIPE).is_file():
            raise NoWorkspace(
                f"{root} is not a workspace: it has no {RECIPE}. Make one: assistant init {folder} "
                "(what lies there stays as it is)."
            )
        return root
    here = Path.cwd()
    for root in (here, *here.parents):
        if (root / RECIPE).is_file():
            return root
    raise NoWorkspace(
        f"There is no workspace in or above {here}. "
        "Go to one, name one with --workspace DIR, or make one: assistant init DIR"
    )


def load(folder: Path | str | None = None) -> Workspace:
    """Find a workspace and read its recipe and settings.

    Raises:
        NoWorkspace: there is none.
        BadSettings: a file is not TOML, or a value or a name in it does not fit.
    """
    root = find(folder)
    recipe = _read_toml(root / RECIPE)
    try:
        parsed = Recipe.model_validate(recipe)
    except ValidationError as error:
        raise BadSettings(f"{root / RECIPE}: {_explain(error)}") from error
    return Workspace(root, parsed, _read_settings(root / SETTINGS))


def password() -> str | None:
    """Return the password that the environment sets; None where it sets none.

    Raises:
        BadSettings: it is no text, or a variable is misspelt. What they hold is not told.
    """
    _check_variables()
    found = Secrets().password.get_secret_value()
    try:
        found.encode()
    except UnicodeEncodeError:
        raise BadSettings(
            f"The variable {PREFIX}PASSWORD holds bytes that are no text. Set it to letters, "
            "digits and signs."
        ) from None  # the cause tells what it holds
    return found or None


def _read_settings(file: Path) -> Settings:
    in_file = _read_toml(file) if file.exists() else {}
    for name in Secrets.model_fields:
        if name in in_file:
            raise BadSettings(
                f"{file}: {name} is not set in a file, which others may come to see. Remove it "
                f"there, and set the variable {PREFIX}{name.upper()}."
            )
    _check_variables()

    class FileSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    try:
        return FileSettings()
    except ValidationError as error:
        raise BadSettings(f"{file} or a FOOTNOTE_ variable: {_explain(error)}") from error


def _check_variables() -> None:
    """Refuse a variable that nothing reads; capitals do not matter to those that are read."""
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in VARIABLES:
            raise BadSettings(
                f"The variable {name} is no setting. There are {', '.join(VARIABLES)}."
            )


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{file} cannot be read ({error.strerror}): mend that.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read as TOML ({error}). Correct it.") from error


def _explain(error: ValidationError) -> str:
    parts = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            parts.append(f"{name} is not a setting; remove it or correct its name")
        else:
            parts.append(f"{name} is {fault['input']!r}: {fault['msg'].lower()}")
    return "; ".join(parts)


def create(folder: Path | str) -> Path:
    """Make a workspace in `folder`, which is made if need be, and return its root.

    Files that are already there, documents among them, are left as they are.

    Raises:
        NoWorkspace: `folder` is a workspace already, or cannot be made or written to.
    """
    root = Path(folder).resolve()
    if (root / RECIPE).exists():
        raise NoWorkspace(f"{root} is a workspace already. Put documents into {root / 'sources'}.")
    template = resources.files("assistant") / "template"
    try:
        for name in ("sources", "index", "evals"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for name, target in (
            ("footnote.toml", root / SETTINGS),
            ("gitignore.txt", root / ".gitignore"),
            ("facts.jsonl", root / "evals" / "facts.jsonl"),
            ("evals.md", root / "evals" / "README.md"),
            ("recipe.toml", root / RECIPE),  # last: its being there makes the folder a workspace
        ):
            if not target.exists():
                target.write_bytes((template / name).read_bytes())
    except OSError as error:
        raise NoWorkspace(f"{root} cannot be made a workspace: {error}.") from error
    return root
