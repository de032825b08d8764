"""The configurations of the paper's runs, one YAML file each."""

from __future__ import annotations

from importlib.resources import files

from sar_trainer.errors import UsageError


def names() -> list[str]:
    """The runs, in alphabetical order."""
    return sorted(file.name.removesuffix(".yaml") for file in files(__name__).iterdir() if file.name.endswith(".yaml"))


def preset(name: str) -> str:
    """The configuration of a run as YAML, comments included."""
    if name not in names():
        raise UsageError(f"There is no preset {name!r}. Known: {', '.join(names())}.")
    return files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def summaries() -> dict[str, str]:
    """Name -> the first comment of each preset."""
    return {name: preset(name).splitlines()[0].removeprefix("# ") for name in names()}
