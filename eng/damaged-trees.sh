#!/usr/bin/env bash
# Reads and predicts on damaged layers for a while, under strace: no open may end outside the layers. Root only.
# Usage: eng/damaged-trees.sh [SECONDS] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_DAMAGED_SECONDS=${1:-600} OVERLAY2_LIVE_SEED=${2:-$RANDOM}
program=artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests
trace=artifacts/damaged-trees; rm -rf "$trace"; mkdir -p "$trace"
dotnet build -c Release tests/Overlay2.Storage.KernelTests
echo "seed $OVERLAY2_LIVE_SEED"

# With -y strace writes where each descriptor leads. The test itself makes "outside/secret", and opens paths of the mounted overlay.
cat > "$trace/check.awk" <<'AWK'
/openat2\(/ { layers++ }
/= [0-9]+<[^>]*\/outside/ && !/O_WRONLY|O_RDWR|O_CREAT/ && !/openat\(AT_FDCWD<[^>]*>, "[^"]*\/merged\// { leaks++; print > "/dev/stderr" }
END { printf "%d opens below layers, %d of them outside\n", layers, leaks; exit !(layers > 0 && leaks == 0) }
AWK
mkfifo "$trace/calls"
awk -f "$trace/check.awk" < "$trace/calls" & check=$!
code=0
unshare --mount --propagation private strace -f -qq -y -e trace=openat,openat2,open,open_by_handle_at -o "$trace/calls" \
  "$program" -class '*DamagedTreeTests' -showLiveOutput || code=$?
wait "$check"
exit "$code"
