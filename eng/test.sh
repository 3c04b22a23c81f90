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

# The verdict is what the result files say, not words on a console; a program that ended early leaves none, or says so in it.
results=()
for project in tests/*Tests; do [ "${project##*.}" = CrashTests ] || results+=("$log/$(basename "$project")"); done
for result in "${results[@]}" "$log/alone/Overlay2.Storage.KernelTests"; do
  compgen -G "${result}_*.trx" > /dev/null || { echo "FAILED: no results in ${result}_*.trx"; status=1; }
done
grep -hoE '<ResultSummary outcome="[^"]*"|<Counters [^>]*' "$log"/*.trx "$log"/alone/*.trx | awk '
  function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
  /ResultSummary/ { if ($0 !~ /"(Completed|Passed)"/) wrong++; next }
  { total += count("total"); passed += count("passed"); skipped += count("notExecuted") }
  END { printf "%d skipped\n%d passed, %d failed\n", skipped, passed, total - passed - skipped; exit passed == 0 || wrong > 0 }' > "$log/summary.txt" || status=1
grep -qE ', 0 failed$' "$log/summary.txt" || status=1
if [ "$(id -u)" -eq 0 ] && ! grep -qx '0 skipped' "$log/summary.txt"; then
  echo "FAILED: as root nothing may be skipped"
  grep -hoE '<UnitTestResult [^>]*outcome="NotExecuted"' "$log"/*.trx "$log"/alone/*.trx | grep -oE 'testName="[^"]*"'
  status=1
fi
# Which tests failed, and why: again at the end, where a reader of a long log looks first.
awk '/<UnitTestResult / { shown = /outcome="(Failed|Error|Timeout|Aborted)"/ ? 12 : 0; if (shown) { match($0, /testName="[^"]*"/); print "failed " substr($0, RSTART + 9, RLENGTH - 9) } next }
     shown > 0 && /<(Message|StackTrace)>/ { text = 1 }
     shown > 0 && text { print; shown-- }
     /<\/(Message|StackTrace)>/ { text = 0 }' "$log"/*.trx "$log"/alone/*.trx > "$log/failures.txt"
cat "$log/failures.txt"
tail -n 1 "$log/summary.txt"
exit "$status"
