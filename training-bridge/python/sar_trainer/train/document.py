"""A YAML document that remembers the line of each key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sar_trainer.errors import UsageError


class _Loader(yaml.SafeLoader):
    """YAML, with ``5e-5`` read as a number: YAML 1.1 asks for a dot in it, YAML 1.2 does not."""


_Loader.yaml_implicit_resolvers = {key: list(found) for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789"))


@dataclass(frozen=True)
class Document:
    """Plain values, where they come from, and the line (from 1) of every dotted key that is known."""

    values: dict[str, Any]
    source: str
    lines: dict[str, int]

    @classmethod
    def read(cls, file: Path) -> Document:
        """Reads a YAML file whose root is a mapping. Raises ``UsageError`` with the line at fault."""
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise UsageError(f"No such configuration: {file}.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The configuration {file} can't be read: {error}.") from error
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            lines: dict[str, int] = {}
            _walk(node, "", lines, file)
            values = loader.construct_document(node) if node is not None else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise UsageError(f"{file}:{line}: malformed YAML: {error.problem or error.context}.") from error
        except yaml.YAMLError as error:
            raise UsageError(f"{file}: malformed YAML: {error}.") from error
        if not isinstance(values, dict):
            raise UsageError(f"{file}: must hold keys and values (version: 1, name: ..., task: ...).")
        return cls(values, str(file), lines)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Document:
        """A document that comes from no file."""
        return cls(values, "configuration", {})

    def line(self, key: str) -> int:
        """The line of ``key``, or of the nearest one above that is there; 0 if none is."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 0)

    def place(self, key: str) -> str:
        """``file:line: key``."""
        line = self.line(key)
        return f"{self.source}:{line}: {key}" if line else f"{self.source}: {key}".removesuffix(": ")


def _walk(node: yaml.Node | None, prefix: str, lines: dict[str, int], file: Path) -> None:
    """Notes the line of every key, and refuses keys that are there twice."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            key = f"{prefix}{key_node.value}"
            line = key_node.start_mark.line + 1
            if key in lines:
                raise UsageError(f"{file}:{line}: {key}: there twice, first on line {lines[key]}.", key=key)
            lines[key] = line
            _walk(value_node, f"{key}.", lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for k, item in enumerate(node.value):
            lines[f"{prefix}{k}"] = item.start_mark.line + 1
            _walk(item, f"{prefix}{k}.", lines, file)
