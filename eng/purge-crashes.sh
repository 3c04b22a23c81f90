#!/usr/bin/env bash
# Kills `overlay2 apply` at the system calls of a purge, one call after the other, or each Nth: then `resume` must end with an empty quarantine, and what its
# links lead to must still be there. Needs root and strace. Usage: eng/purge-crashes.sh [N]
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${OVERLAY2:-$PWD/artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
scratch=$(mktemp -d); trap 'rm -rf --one-file-system "$scratch"' EXIT
store="$scratch/docker"; quarantine="$store/overlay2-quarantine"; host=(--data-root "$store")
fail() { echo "FAILED: $1"; cat "$scratch/out"; exit 1; }
make() { # Three entries, and what their links lead to.
  rm -rf --one-file-system "$store" "$scratch/journal" "$scratch/plan"; mkdir -p "$store/overlay2/l" "$scratch/outside"; echo kept > "$scratch/outside/kept"
  for layer in a b; do
    mkdir -p "$quarantine/$layer/diff/deep/deeper" "$quarantine/$layer/work"; touch "$quarantine/$layer/diff/deep/"{1,2,3,4}
    ln -s "$scratch/outside" "$quarantine/$layer/diff/out"; mknod "$quarantine/$layer/diff/whiteout" c 0 0
  done
  ln -s "$scratch/outside" "$quarantine/c"
  touch -d '8 days ago' "$quarantine"
  "$tool" plan --only OVL0116 --max-risk R4 "${host[@]}" --out "$scratch/plan" > "$scratch/out" || fail "no plan"
}
# strace counts the calls of each thread by itself: a run goes on until no thread comes to so many.
step=${1:-1} killed=0 unbegun=0 resumed=0
for call in unlinkat fsync; do
  for ((at = 1; ; at += step)); do
    make
    status=0
    { strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$at" "$tool" apply "$scratch/plan" --yes --journal "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || status=$?; } 2> /dev/null
    [ "$status" != 0 ] || break
    killed=$((killed + 1))
    if [ ! -e "$scratch/journal/journal.jsonl" ]; then
      unbegun=$((unbegun + 1)); [ "$(ls "$quarantine")" = "$(printf 'a\nb\nc')" ] || fail "killed at $call $at: there is no journal, and something is gone"
    elif ! grep -q '"Ended"' "$scratch/journal/journal.jsonl"; then
      "$tool" resume "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || fail "killed at $call $at: resume ends with $?"
      [ -z "$(ls -A "$quarantine")" ] || fail "killed at $call $at: resume left something"
      resumed=$((resumed + 1))
    fi
    [ "$(cat "$scratch/outside/kept")" = kept ] || fail "killed at $call $at: a link was followed"
  done
done
[ "$unbegun" -gt 0 ] && [ "$resumed" -gt 1 ] || fail "too little was tried: $unbegun, $resumed"
echo "killed $killed times: $unbegun before anything was done, $resumed resumed until nothing was left; what links lead to is there"
