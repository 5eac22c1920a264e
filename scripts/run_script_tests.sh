#!/usr/bin/env bash
# Unit tests of the browser scripts. Named one by one, because every Node release looks for tests in its own way.
set -euo pipefail
mapfile -t tests < <(find static/src tests/scripts -name '*.test.js' 2>/dev/null | sort)
if [ ${#tests[@]} -gt 0 ]; then
  node --test --test-reporter=dot "${tests[@]}"
fi
