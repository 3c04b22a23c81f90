#!/usr/bin/env bash
# Makes random calls on a real overlay and on the simulator and compares them. Root only. Usage: eng/live-simulator.sh [OPERATIONS]
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_LIVE_OPERATIONS=${1:-100000}
dotnet build -c Release tests/Overlay2.Storage.KernelTests
exec unshare --mount --propagation private \
  artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests -class '*LiveSimulatorTests' -diagnostics
