#!/usr/bin/env bash
# Installs what the tests of the real kernel and the native publish need, where apt and the right to use it exist.
set -euo pipefail
missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need mkfs.ext4 e2fsprogs
need mkfs.xfs xfsprogs
need setfattr attr
need flock util-linux
need dockerd docker.io
need podman podman
need busybox busybox-static
need shellcheck shellcheck
need clang clang
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
ldconfig -p 2>/dev/null | grep -q libmount.so.1 || missing+=(libmount1)
[ "${#missing[@]}" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed (no root or no apt): ${missing[*]}; tests that need them are skipped"
  exit 0
fi
apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
