#!/usr/bin/env bash
# Installs Debian packages where that is allowed; otherwise prints the one line that does: install_packages.sh NAME...
set -euo pipefail
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing $* ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
else
  echo "Something is missing on this machine. Run this line, then the same make command again:" >&2
  echo "  sudo apt-get install -y --no-install-recommends $*" >&2
  exit 1
fi
