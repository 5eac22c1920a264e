#!/usr/bin/env bash
# A browser and the fonts of all five languages, for the stories told in a real browser.
# PostgreSQL and Redis come with the Python packages of requirements-dev.lock.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v fc-list >/dev/null || missing+=(fontconfig)
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list ":lang=$1" family | grep -i noto || true)" ]; }
{ has_font he && has_font ru && has_font tr; } || missing+=(fonts-noto-core)
if [ ${#missing[@]} -gt 0 ]; then
  # No test needs coloured emoji, but the pictures of a machine that is being set up anyway look better with them.
  scripts/install_packages.sh "${missing[@]}" fonts-noto-color-emoji
fi
