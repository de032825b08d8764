"""``training.schema.json``: what a configuration may say, and what it says where it says nothing.

Every rule stands in the schema, which ``sar-diffusion train`` reads too.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from sar_trainer.errors import UsageError
from sar_trainer.train.document import Document

_COMPARISONS = {"exclusiveMinimum": operator.gt, "maximum": operator.le}


class ConfigurationError(UsageError):
    """The configuration is wrong; ``key`` is the key at fault (dotted)."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message, key=key)


@cache
def schema() -> dict[str, Any]:
    """The schema as data."""
    return json.loads(files("sar_trainer.train").joinpath("training.schema.json").read_text(encoding="utf-8"))


def completed(document: Document) -> dict[str, Any]:
    """The values of ``document`` with all defaults. Raises ``ConfigurationError`` with everything that the schema refuses."""
    errors = dict(schema_errors(document))
    values = document.values if errors else filled(document.values, schema())
    errors = errors or dict(_comparison_errors(values))
    if errors:
        lines = sorted((document.line(key), f"{document.place(key)}: {problem}") for key, problem in errors.items())
        raise ConfigurationError("\n".join(line for _, line in lines), next(iter(errors)))
    return values


def schema_errors(document: Document) -> Iterator[tuple[str, str]]:
    """The keys at fault (dotted) and what is wrong with them."""
    for error in _validator().iter_errors(document.values):
        known = error.schema.get("properties", {})
        match error.validator:
            case "additionalProperties":
                for name in (name for name in error.instance if name not in known):
                    close = get_close_matches(name, known, n=1)
                    yield _dotted(error, name), "unknown key." + (f" Did you mean {close[0]}?" if close else "")
                continue
            case "required":
                names = [name for name in error.validator_value if name not in error.instance]
                problem = error.schema.get("message", "missing.")
            case "propertyNames" | "enum" if "propertyNames" in error.absolute_schema_path:
                names, problem = [error.instance], error.schema["message"]
            case _:
                names, problem = [""], error.schema.get("message", f"{error.message}.")
        for name in names:
            yield _dotted(error, name), problem


def filled(value: Any, node: dict[str, Any]) -> Any:
    """``value`` with the defaults of all keys that ``node``, a part of the schema, allows beside those that are there."""
    if not isinstance(value, dict):
        return value
    children: dict[str, dict[str, Any]] = {}
    refused = set()
    for part in _applicable(node, value):
        for key, child in part.get("properties", {}).items():
            children.setdefault(key, child)
            if dereferenced(child).get("not") == {}:
                refused.add(key)
    defaults = {key: dereferenced(child)["default"] for key, child in children.items() if "default" in dereferenced(child)}
    order = [key for key in children if key in value or (key in defaults and key not in refused)]
    return {key: filled((defaults | value)[key], children[key]) for key in order} | {
        key: child for key, child in value.items() if key not in children
    }


def dereferenced(node: dict[str, Any]) -> dict[str, Any]:
    """``node`` with what its ``$ref`` names; keys beside ``$ref`` win."""
    while "$ref" in node:
        target = schema()["$defs"][node["$ref"].rsplit("/", 1)[1]]
        node = target | {key: value for key, value in node.items() if key != "$ref"}
    return node


def path_keys(node: dict[str, Any] | None = None, prefix: str = "") -> Iterator[str]:
    """The dotted keys that hold paths."""
    node = dereferenced(schema() if node is None else node)
    if node.get("format") == "path":
        yield prefix
    for key, child in node.get("properties", {}).items():
        yield from path_keys(child, f"{prefix}.{key}" if prefix else key)


def flattened(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted key -> value; lists stay whole."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict) and value:
            flat |= flattened(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _applicable(node: dict[str, Any], value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """``node``, and the branches of its conditions that hold for ``value``."""
    node = dereferenced(node)
    yield node
    for part in node.get("allOf", []):
        yield from _applicable(part, value)
    if "if" in node:
        branch = "then" if _validator().evolve(schema=node["if"]).is_valid(value) else "else"
        yield from _applicable(node.get(branch, {}), value)


def _comparison_errors(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for rule in schema()["comparisons"]:
        number = _number(values, rule["key"])
        for keyword, holds in _COMPARISONS.items():
            bound = _number(values, rule.get(keyword, ""))
            if None not in (number, bound) and not holds(number, bound):
                yield rule["key"], rule["message"]


def _number(values: Any, key: str) -> float | None:
    """The number at a dotted key, or None."""
    for part in key.split("."):
        if isinstance(values, dict):
            values = values.get(part)
        elif isinstance(values, list) and part.isdigit() and int(part) < len(values):
            values = values[int(part)]
        else:
            return None
    return values if isinstance(values, int | float) else None


def _dotted(error: ValidationError, name: str) -> str:
    return ".".join(str(part) for part in (*error.absolute_path, *([name] if name else [])))
