#!/bin/sh
# Writes requirements.lock anew from pyproject.toml: exact versions and hashes, for every platform. Needs uv.
set -eu
cd "$(dirname "$0")"
exec uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url \
  --no-annotate --no-header --quiet --output-file requirements.lock pyproject.toml "$@"
