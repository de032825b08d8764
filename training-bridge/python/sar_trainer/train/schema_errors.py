"""What a schema refuses, said to people."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from sar_trainer.train.document import Document

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "keys and values",
    "array": "a list",
    "null": "null",
}


@dataclass(frozen=True)
class SchemaError:
    """One thing that is wrong."""

    place: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def schema_errors(schema: dict[str, Any], document: Document) -> list[SchemaError]:
    """Everything that ``schema`` refuses, in the order of the document."""
    found: dict[tuple[str, str], SchemaError] = {}
    for error in Draft202012Validator(schema).iter_errors(document.values):
        for key, problem in _explained(error, schema):
            found.setdefault((key, problem), SchemaError(document.place(key), key, problem))
    return sorted(found.values(), key=lambda error: (document.lines.get(error.key, 0), error.key))


def _explained(error: ValidationError, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys at fault and what is wrong with them."""
    key = ".".join(str(part) for part in error.absolute_path)
    below = f"{key}." if key else ""
    match error.validator:
        case "additionalProperties":
            known = list(error.schema["properties"])
            for name in error.instance:
                if name not in error.schema["properties"]:
                    yield f"{below}{name}", "unknown key." + _suggestion(name, known)
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield f"{below}{name}", _missing(name, error)
        case "enum" if "propertyNames" in error.absolute_schema_path:
            yield f"{below}{error.instance}", f"not a part of this task; its parts are {_listed(error.validator_value)}."
        case "if" | "then" | "else" | "allOf":
            for inner in error.context or []:
                yield from _explained(inner, schema)
        case "oneOf" | "anyOf" if key == "training":
            yield key, "give exactly one of epochs and steps."
        case "oneOf" | "anyOf":
            yield from _alternatives(error, schema)
        case "not":  # in the schema: {"not": {}}, which allows nothing
            yield key, _misplaced(key)
        case _:
            yield key, _value_problem(error)


def _alternatives(error: ValidationError, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A value that fits none of several forms: of those with a ``kind``, the one it names; else the nearest."""
    key = ".".join(str(part) for part in error.absolute_path)
    kinds = [
        option["properties"]["kind"]["const"] for option in error.validator_value if "kind" in option.get("properties", {})
    ]
    if kinds and isinstance(error.instance, dict):
        kind = error.instance.get("kind")
        if kind not in kinds:
            yield f"{key}.kind", f"must be one of {_listed(kinds)}." + _suggestion(str(kind), kinds)
        else:
            for inner in error.context or []:
                if inner.schema_path[0] == kinds.index(kind):
                    yield from _explained(inner, schema)
        return
    nearest = best_match([error])
    yield from _explained(nearest, schema) if nearest.validator not in ("oneOf", "anyOf") else [(key, "not a valid value.")]


def _value_problem(error: ValidationError) -> str:
    value, limit = error.instance, error.validator_value
    said = _shown(value)
    match error.validator:
        case "type":
            types = [limit] if isinstance(limit, str) else limit
            return f"must be {' or '.join(_TYPES[kind] for kind in types)}, not {said}."
        case "enum":
            return f"must be {_listed(limit)}, not {said}." + _suggestion(str(value), [str(option) for option in limit])
        case "const":
            return f"must be {limit}, not {said}."
        case "minimum":
            return f"must be at least {limit}, not {said}."
        case "maximum":
            return f"must be at most {limit}, not {said}."
        case "exclusiveMinimum":
            return f"must be greater than {limit}, not {said}."
        case "exclusiveMaximum":
            return f"must be less than {limit}, not {said}."
        case "minItems" | "maxItems":
            return (
                f"must have {error.schema.get('minItems', 0)} or more"
                + (f", at most {error.schema['maxItems']}," if "maxItems" in error.schema else "")
                + f" entries, not {len(value)}."
            )
        case "minLength":
            return "must not be empty."
        case "minProperties":
            return "must not be empty."
        case "pattern":
            return f"{said} is not of the right form: {error.schema.get('description', limit)}"
        case _:
            return f"{error.message}."


def _missing(name: str, error: ValidationError) -> str:
    if name == "rank":
        return "missing; train: lora needs one."
    meaning = error.schema.get("properties", {}).get(name, {})
    description = meaning.get("description", "") if isinstance(meaning, dict) else ""
    return f"missing. {description}".rstrip()


def _misplaced(key: str) -> str:
    if key.rpartition(".")[2] in ("rank", "alpha", "targets"):
        return "belongs to train: lora only."
    return "belongs to another task."


def _listed(options: list[Any]) -> str:
    words = [str(option) for option in options]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _suggestion(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else f" Known: {', '.join(known)}."
