#!/bin/sh
# Java against Python on the same ONNX graphs: sets both up and runs python/compare.py, whose options it takes.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)
python=$here/../training-bridge/python
"$python/setup.sh"
"$here/../sar-diffusion" --version >/dev/null
exec "$python/.venv/bin/python" "$here/python/compare.py" "$@"
