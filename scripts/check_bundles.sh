#!/usr/bin/env bash
# What is committed is what the sources build, and it is small enough.
set -euo pipefail
if [ -n "$(git status --porcelain -- static/dist static/vendor)" ]; then
  git status --short -- static/dist static/vendor >&2
  git --no-pager diff --stat -- static/dist static/vendor >&2
  echo "static/dist or static/vendor differ from what the sources build: run make frontend and commit them." >&2
  exit 1
fi
node scripts/check_sizes.mjs
