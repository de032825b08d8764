#!/bin/sh
# Everything that must hold on the Python side: style, format, tests. ./mvnw verify runs it.
set -eu
cd "$(dirname "$0")"
./setup.sh
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --quiet --check . || {
  echo "check.sh: run training-bridge/python/.venv/bin/ruff format training-bridge/python" >&2
  exit 1
}
exec .venv/bin/python -m pytest "$@"
