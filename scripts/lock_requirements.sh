#!/usr/bin/env bash
# Locks hold names, versions and hashes only: never the address they were fetched from.
set -euo pipefail
compile() {
  .venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --no-emit-find-links --python-version 3.11 "$@"
}
compile requirements.txt --output-file requirements.lock
compile requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock
