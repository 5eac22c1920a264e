#!/usr/bin/env bash
# Makes .venv when it is missing and installs one hash-locked set into it: make_environment.sh LOCK
set -euo pipefail
lock=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Otvet needs Python 3.11 or newer; name one with: make PYTHON=python3.11" >&2
  exit 1
fi
if [ ! -x .venv/bin/pip ]; then
  # Debian ships venv without the part that puts pip into it.
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    scripts/install_packages.sh python3-venv
  fi
  "$python" -m venv --clear .venv
fi
echo "Installing $lock into .venv ..."
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
