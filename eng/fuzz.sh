#!/usr/bin/env bash
# Fuzzes one target of tests/Overlay2.Storage.Fuzz with AFL++ and prints executions, crashes and hangs.
# Usage: eng/fuzz.sh TARGET SECONDS. Exit code 1 if an input crashed or hung; such inputs stay in artifacts/findings/TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?target} seconds=${2:?seconds}
seeds=tests/Overlay2.Storage.Fuzz/seeds/$target
[ -d "$seeds" ] || { echo "no seeds for $target: $(ls tests/Overlay2.Storage.Fuzz/seeds | tr '\n' ' ')"; exit 64; }
command -v afl-fuzz >/dev/null || { apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q afl++ >/dev/null; }

program=artifacts/fuzz/$target findings=artifacts/findings/$target
rm -rf "$program" "$findings"
mkdir -p artifacts/findings
dotnet tool restore
dotnet publish tests/Overlay2.Storage.Fuzz -c Release -o "$program"
dotnet sharpfuzz "$program/Overlay2.Storage.dll" # the library, and what reads TOML for it
dotnet sharpfuzz "$program/Tomlyn.dll"

AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 \
  afl-fuzz -V "$seconds" -t 10000 -m none -G 65536 -i "$seeds" -o "$findings" \
  dotnet "$program/Overlay2.Storage.Fuzz.dll" "$target" > "$program/afl.log" || { tail -n 40 "$program/afl.log"; exit 1; }

stat() { awk -v name="$1" '$1 == name { print $3 }' "$findings/default/fuzzer_stats"; }
echo "$target: $(stat execs_done) executions in $(stat run_time) s ($(stat execs_per_sec) a second), $(stat corpus_count) inputs kept," \
  "$(stat bitmap_cvg) of the map, $(stat saved_crashes) crashes, $(stat saved_hangs) hangs"
[ "$(stat saved_crashes)" = 0 ] && [ "$(stat saved_hangs)" = 0 ]
