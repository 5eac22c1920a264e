#!/usr/bin/env bash
# Node builds the scripts' bundles and runs their tests; serving Otvet never needs it.
set -euo pipefail
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  scripts/install_packages.sh nodejs npm
fi
