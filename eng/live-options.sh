#!/usr/bin/env bash
# Mounts random option sets for real and compares with what the library said. Root only; changes module parameters while it runs and
# restores them. Usage: eng/live-options.sh [MOUNTS] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_LIVE_MOUNTS=${1:-2000} OVERLAY2_LIVE_SEED=${2:-1}
dotnet build -c Release tests/Overlay2.Storage.KernelTests
exec unshare --mount --propagation private \
  artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests -class '*LiveOptionsTests' -diagnostics
