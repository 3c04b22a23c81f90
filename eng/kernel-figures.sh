#!/usr/bin/env bash
# The figures of the live mount table, the watcher, the namespace scanner and the prober, at full size. Root only; a few minutes.
# Usage: eng/kernel-figures.sh [table|watcher|scanner|prober]...
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_LIVE_OVERLAYS=${OVERLAY2_LIVE_OVERLAYS:-1000}
export OVERLAY2_WATCH_MOUNTS=${OVERLAY2_WATCH_MOUNTS:-10000}
export OVERLAY2_WATCH_LATENCIES=${OVERLAY2_WATCH_LATENCIES:-1000}
export OVERLAY2_SCAN_NAMESPACES=${OVERLAY2_SCAN_NAMESPACES:-300}
export OVERLAY2_SCAN_MOUNTS=${OVERLAY2_SCAN_MOUNTS:-500}
export OVERLAY2_PROBE_KILLS=${OVERLAY2_PROBE_KILLS:-20}
[ $# -gt 0 ] || set -- table watcher scanner prober
classes=()
for name in "$@"; do
  case $name in
    table) classes+=('*KernelMountTableTests') ;;
    watcher) classes+=('*MountWatcherTests') ;;
    scanner) classes+=('*MountNamespaceScannerTests') ;;
    prober) classes+=('*KernelProberTests') ;;
    *) echo "usage: $0 [table|watcher|scanner|prober]..." >&2; exit 64 ;;
  esac
done
dotnet build -c Release tests/Overlay2.Storage.KernelTests
for class in "${classes[@]}"; do
  unshare --mount --propagation private \
    artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests -class "$class" -showLiveOutput
done
