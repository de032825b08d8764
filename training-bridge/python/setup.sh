#!/bin/sh
# Sets up the Python side: a virtual environment in .venv with exactly the packages of requirements.lock, and sar-trainer itself.
# Does nothing when it is already set up for this lock file. PYTHON names the interpreter (default: python3).
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}

fail() {
  echo "setup.sh: $1" >&2
  exit 1
}

command -v "$python" >/dev/null 2>&1 ||
  fail "no $python found. Install Python 3.11 or later, or set PYTHON to its path. Those who never train build with -DskipPython."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$python is $("$python" -V 2>&1); Python 3.11 or later is needed. Set PYTHON to one, or build with -DskipPython."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  fail "$python lacks venv or ensurepip. Install them (Debian and Ubuntu: apt install python3-venv), or build with -DskipPython."

# The stamp names what was installed: the lock file, the project's metadata, the interpreter and the place.
stamp=$("$python" - <<'PYTHON'
import hashlib, os, sys
text = b"".join(open(name, "rb").read() for name in ("requirements.lock", "pyproject.toml"))
print(hashlib.sha256(text + sys.version.encode() + os.getcwd().encode()).hexdigest())
PYTHON
)
if [ -x .venv/bin/sar-trainer ] && [ "$(cat .venv/sar-trainer.stamp 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi

echo "Setting up Python packages in $(pwd)/.venv (several GB on the first run) ..." >&2
rm -rf .venv
"$python" -m venv .venv || fail "the virtual environment could not be made."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock ||
  fail "the packages could not be installed; pip's message is above."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ||
  fail "sar-trainer itself could not be installed; pip's message is above."
echo "$stamp" >.venv/sar-trainer.stamp
echo "Ready: $(pwd)/.venv/bin/sar-trainer" >&2
