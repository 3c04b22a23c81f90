#!/usr/bin/env bash
# Compares the mount table with the kernel's own path walk over many random sets of mounts. Root only. Usage: eng/live-mounts.sh [SEEDS]
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_LIVE_SEEDS=${1:-300}
dotnet build -c Release tests/Overlay2.Storage.KernelTests
exec unshare --mount --propagation private \
  artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests -class '*LiveVisibilityTests' -showLiveOutput
