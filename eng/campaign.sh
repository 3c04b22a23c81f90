#!/usr/bin/env bash
# Spreads hours of fuzzing over all targets of tests/Overlay2.Storage.Fuzz, round by round, and prints how many executions all campaigns together came to.
# Usage: eng/campaign.sh HOURS [--resume] [--round SECONDS] [--minimise] [TARGET...]
#   --resume    goes on with what the fuzzer found in earlier campaigns (artifacts/campaign/TARGET) and with the program built then
#   --round     how long a target runs at once (default 600 s); what is left of the time is shared alike
#   --minimise  at the end puts the smallest inputs of the same coverage into seeds/TARGET; those that are there stay
# Ctrl-C ends the target that runs, writes its line and sums up. artifacts/campaign.tsv has a line for every run.
# Exit code 1 if an input crashed or hung in this campaign; such inputs stay in artifacts/campaign/TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
goal=100000000 round=600 resume='' minimise='' hours='' targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --resume) resume=1 ;;
    --minimise) minimise=1 ;;
    --round) round=${2:?seconds}; shift ;;
    -*) echo "unknown option $1"; exit 64 ;;
    *) if [ -z "$hours" ]; then hours=$1; else targets+=("$1"); fi ;;
  esac
  shift
done
total=$(awk -v hours="${hours:?hours}" 'BEGIN { if (hours !~ /^[0-9]*[.]?[0-9]+$/) exit 64; printf "%d", hours * 3600 }') || { echo "no number of hours: $hours"; exit 64; }
seeds=tests/Overlay2.Storage.Fuzz/seeds
[ ${#targets[@]} -gt 0 ] || for target in "$seeds"/*/; do targets+=("$(basename "$target")"); done
for target in "${targets[@]}"; do
  [ -d "$seeds/$target" ] || { echo "no seeds for $target: $(basename -a "$seeds"/* | tr '\n' ' ')"; exit 64; }
done
command -v afl-fuzz >/dev/null || { apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q afl++ >/dev/null; }

program=artifacts/campaign-program found=artifacts/campaign table=artifacts/campaign.tsv
mkdir -p "$found"
[ -f "$table" ] || printf 'date\tcommit\ttarget\texecutions\tseconds\tcrashes\thangs\tcorpus\n' > "$table"
if [ -z "$resume" ] || [ ! -f "$program/built" ]; then
  rm -rf "$program"
  dotnet tool restore
  dotnet publish tests/Overlay2.Storage.Fuzz -c Release -o "$program"
  dotnet sharpfuzz "$program/Overlay2.Storage.dll" # the library, and what reads TOML for it
  dotnet sharpfuzz "$program/Tomlyn.dll"
  git rev-parse --short HEAD > "$program/built"
fi
commit=$(cat "$program/built")
# An older campaign's findings stay where they are until a new one takes its name.
[ -n "$resume" ] || for target in "${targets[@]}"; do rm -rf "${found:?}/$target"; done

export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
child='' stopped='' bad=0

stat() { [ -f "$1/default/fuzzer_stats" ] && awk -v name="$2" '$1 == name { value = $3 } END { print value + 0 }' "$1/default/fuzzer_stats" || echo 0; }

# The counts of the fuzzer go on over its runs, those of the table are of one run.
run_one() {
  local target=$1 seconds=$2 output=$found/$1 input=$seeds/$1 before after crashes hangs
  if [ -d "$output/default/queue" ]; then input=-; fi
  before=$(stat "$output" execs_done) crashes=$(stat "$output" saved_crashes) hangs=$(stat "$output" saved_hangs)
  local started=$SECONDS
  # In the background, so that the shell hears Ctrl-C at once and hands it on.
  afl-fuzz -V "$seconds" -t 10000 -m none -G 65536 -i "$input" -o "$output" dotnet "$program/Overlay2.Storage.Fuzz.dll" "$target" > "$found/$target.log" 2>&1 &
  child=$!
  local status=0
  wait "$child" || status=$?
  if [ -n "$stopped" ]; then wait "$child" || true; fi
  child=''
  after=$(stat "$output" execs_done)
  [ "$after" -ge "$before" ] || before=0
  if [ "$after" = "$before" ] && [ -z "$stopped" ]; then
    tail -n 20 "$found/$target.log"
    echo "$target: the fuzzer did not run (exit code $status)"
    bad=1 stopped=1
    return
  fi
  crashes=$(($(stat "$output" saved_crashes) - crashes)) hangs=$(($(stat "$output" saved_hangs) - hangs))
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%FT%TZ)" "$commit" "$target" $((after - before)) $((SECONDS - started)) "$crashes" "$hangs" "$(stat "$output" corpus_count)" | tee -a "$table"
  if [ "$crashes" -gt 0 ] || [ "$hangs" -gt 0 ]; then bad=1; fi
}

sum_up() {
  awk -F '\t' -v goal="$goal" 'NR > 1 { executions[$3] += $4; seconds[$3] += $5; crashes[$3] += $6; hangs[$3] += $7; all += $4; time += $5 }
    END {
      for (target in executions) printf "%-20s %12d executions %8d s %4d crashes %4d hangs\n", target, executions[target], seconds[target], crashes[target], hangs[target] | "sort"
      close("sort")
      printf "all campaigns: %d executions in %d s, %.2f %% of %d\n", all, time, 100 * all / goal, goal
    }' "$table"
}

minimise_one() {
  local target=$1 small file
  [ -d "$found/$target/default/queue" ] || return 0
  small=$(mktemp -d)
  afl-cmin -t 10000 -m none -i "$found/$target/default/queue" -o "$small" -- dotnet "$program/Overlay2.Storage.Fuzz.dll" "$target" > "$found/$target.cmin.log" 2>&1 || { tail -n 20 "$found/$target.cmin.log"; return 1; }
  for file in "$small"/*; do
    [ -f "$file" ] || continue
    cp -n "$file" "$seeds/$target/found-$(sha256sum < "$file" | cut -c 1-10)"
  done
  echo "$target: $(find "$small" -type f | wc -l) inputs of $(find "$found/$target/default/queue" -maxdepth 1 -type f | wc -l) have its coverage"
  rm -rf "$small"
}

trap 'stopped=1; [ -z "$child" ] || kill -INT "$child" 2>/dev/null || true' INT TERM
end=$((SECONDS + total))
while [ -z "$stopped" ] && [ $SECONDS -lt $end ]; do
  each=$(((end - SECONDS) / ${#targets[@]}))
  [ "$each" -le "$round" ] || each=$round
  [ "$each" -ge 5 ] || each=5
  for target in "${targets[@]}"; do
    if [ -n "$stopped" ] || [ $SECONDS -ge $end ]; then break; fi
    run_one "$target" "$each"
  done
done
if [ -n "$minimise" ] && [ -z "$stopped" ]; then for target in "${targets[@]}"; do minimise_one "$target"; done; fi
sum_up
exit "$bad"
