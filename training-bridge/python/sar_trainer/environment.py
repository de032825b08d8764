"""``python -m sar_trainer.environment``: whether this interpreter can export and train.

Prints its version and those of the packages in ``pyproject.toml``; or, on stderr and with exit code 1, what is missing. It
loads no package, and is written so that old interpreters can run it far enough to say that they are old.
"""

import os
import re
import sys
from importlib import metadata

_OLDEST = (3, 11)
_PROJECT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "pyproject.toml")


def requirements():
    """``{package: smallest version}`` of exporting and training, as ``pyproject.toml`` says."""
    import tomllib

    with open(_PROJECT, "rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    return dict(re.fullmatch(r"([A-Za-z0-9_.-]+)>=([0-9.]+)", line).groups() for line in wanted)


def problems():
    """What is missing or too old, one sentence each."""
    if sys.version_info < _OLDEST:
        return ["it is Python {}.{}; 3.11 or later is needed.".format(*sys.version_info)]
    found = []
    for package, oldest in requirements().items():
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            found.append(f"it has no {package}; {oldest} or later is needed.")
            continue
        if _numbers(version) < _numbers(oldest):
            found.append(f"it has {package} {version}; {oldest} or later is needed.")
    return found


def _numbers(version):
    """The leading numbers of a version: 2.11.0+cpu is (2, 11, 0)."""
    return tuple(int(number) for number in re.match(r"[0-9]+(?:\.[0-9]+)*", version).group().split("."))


def main():
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        versions = ", ".join(f"{package} {metadata.version(package)}" for package in requirements())
        print(f"Python {sys.version.split()[0]}, {versions}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
