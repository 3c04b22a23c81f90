#!/usr/bin/env bash
# Builds everything and runs all tests. As root those that mount run too, in a mount namespace of their own.
# The last line is "N passed, N failed"; as root a skipped test of the real kernel counts as a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
log=artifacts/test; rm -rf "$log"; mkdir -p "$log"

eng/install-tools.sh || exit 1
dotnet build -c Release || exit 1

namespace=()
if [ "$(id -u)" -eq 0 ]; then
  namespace=(unshare --mount --propagation private)
fi
status=0
run() {
  "${namespace[@]}" dotnet test -c Release --no-build --report-trx "$@" 2>&1 | tee -a "$log/test.log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
}
# What changes settings of the whole machine runs alone, when everything else has ended.
run --results-directory "$log" --filter-not-trait Machine=alone
run --results-directory "$log/alone" --project tests/Overlay2.Storage.KernelTests --filter-trait Machine=alone

awk '/^ +failed: /{f+=$2} /^ +succeeded: /{p+=$2} /^ +skipped: /{s+=$2}
     END{printf "%d skipped\n%d passed, %d failed\n", s, p, f; exit !(p>0)}' "$log/test.log" > "$log/summary.txt" || status=1
if [ "$(id -u)" -eq 0 ] && ! grep -qx '0 skipped' "$log/summary.txt"; then
  echo "FAILED: as root nothing may be skipped"
  grep -E '^skipped ' "$log/test.log"
  status=1
fi
# Which tests failed, and why: again at the end, where a reader of a long log looks first.
grep -hE -A 12 '^failed ' "$log/test.log" > "$log/failures.txt"
cat "$log/failures.txt"
tail -n 1 "$log/summary.txt"
exit "$status"
