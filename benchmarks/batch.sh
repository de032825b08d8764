#!/bin/sh
# A prompt list as a batch, image by image, and in Python: sets all up and runs python/batch.py, whose options it takes.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)
python=$here/../training-bridge/python
"$python/setup.sh"
(cd "$here/.." && ./mvnw -q -B -Pbenchmarks -DskipTests -DskipPython -Dspotless.check.skip=true -pl benchmarks -am package)
exec "$python/.venv/bin/python" "$here/python/batch.py" "$@"
