#!/usr/bin/env bash
# Kills `overlay2 apply` at its system calls on real faults in mounts, one call after the other: then `resume` must end healthy, and in another
# run `rollback` must give the mounts before. Also makes the journal fail. Needs root and strace. Usage: eng/repair-crashes.sh [SCENARIO...]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${REPAIR_CRASHES:-}" ]; then REPAIR_CRASHES=1 exec unshare --mount --propagation private "$0" "$@"; fi
tool=${OVERLAY2:-$PWD/artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
scratch=$(mktemp -d); trap 'rm -rf --one-file-system "$scratch"' EXIT
# The parameters are the host's, and what runs beside this may change them meanwhile: here they stay what they are now.
cp -r /sys/module/overlay/parameters "$scratch/parameters"; mount --bind "$scratch/parameters" /sys/module/overlay/parameters
declare -A faults=(
  [self-bind]='overlay $A; overlay $B; mount --bind "$H" "$H"'
  [foreign]='overlay $A; overlay $B; mount -t tmpfs foreign "$H"'
  [two-covers]='overlay $A; overlay $B; mount -t tmpfs one "$H"; mount -t tmpfs two "$H"'
  [children]='mount --make-shared "$D"; overlay $A; mount --bind "$H" "$H"; overlay $B; overlay $C'
  [stacked]='overlay $A; mount --bind "$H/$A/merged" "$H/$A/merged"; mount --bind "$H/$A/merged" "$H/$A/merged"'
)
start() { # The fault, in a mount namespace of its own; its process is $pid.
  rm -rf "$scratch/journal" "$scratch/plan"; mkdir -p "$scratch/fs"
  coproc LAB { exec unshare --mount --propagation private bash -ec '
    D=$1; mount -t tmpfs run /run; mount -t tmpfs scratch "$D"; H="$D/docker/overlay2"; mkdir -p "$H/base/diff"
    overlay() { mkdir -p "$H/$1/diff" "$H/$1/work" "$H/$1/merged"; mount -t overlay overlay -o "lowerdir=$H/base/diff,upperdir=$H/$1/diff,workdir=$H/$1/work" "$H/$1/merged"; }
    A=$(printf "a%.0s" $(seq 64)); B=$(printf "b%.0s" $(seq 64)); C=$(printf "c%.0s" $(seq 64))
    eval "$2"; echo ready; read line' lab "$scratch/fs" "${faults[$1]}"; }
  read -r line <&"${LAB[0]}"; [ "$line" = ready ]; pid=$LAB_PID
  host=(--engine-pid "$pid" --data-root "$scratch/fs/docker")
  before=$(listing)
  "$tool" plan --only OVL0001 --only OVL0002 --only OVL0004 "${host[@]}" --out "$scratch/plan" > /dev/null
}
stop() { eval "exec ${LAB[1]}>&-"; wait "$pid" 2> /dev/null || true; }
listing() { awk -v below="$scratch/fs" 'index($5, below) == 1 { gsub(/:[0-9]+/, "", $7); print $3, $4, $5, $6, ($7 ~ /^shared|^master/ ? $7 : "private") }' "/proc/$pid/mountinfo" | sort; }
fail() { echo "FAILED: $1"; cat "$scratch/out"; exit 1; }
killed=0 resumed=0 back=0 unbegun=0
try() { # scenario, system call, which one, resume or rollback; false when nothing was killed any more.
  start "$1"
  status=0
  { strace -f -qq -o /dev/null -e trace="$2" -e inject="$2:signal=KILL:when=$3" "$tool" apply "$scratch/plan" --yes --journal "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || status=$?; } 2> /dev/null
  if [ "$status" = 0 ]; then stop; return 1; fi
  killed=$((killed + 1))
  where="$1 killed at $2 $3"
  if [ ! -e "$scratch/journal/journal.jsonl" ]; then
    unbegun=$((unbegun + 1)); [ "$(listing)" = "$before" ] || fail "$where: there is no journal, and mounts changed"
  elif [ "$4" = rollback ]; then
    "$tool" rollback "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || fail "$where: rollback ends with $?"
    [ "$(listing)" = "$before" ] || { diff <(echo "$before") <(listing) > "$scratch/out" || true; fail "$where: rollback left other mounts"; }
    back=$((back + 1))
  elif ! grep -q '"Ended"' "$scratch/journal/journal.jsonl"; then
    "$tool" resume "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || fail "$where: resume ends with $?"
    resumed=$((resumed + 1))
  fi
  stop
}
# Of the calls about mounts only the first is met, since each is made on a thread of its own and strace counts by thread; before and after the others
# the journal's fsync kills.
for scenario in ${*:-self-bind foreign two-covers children stacked}; do
  for call in fsync umount2 move_mount mount_setattr open_tree mkdirat; do
    for how in resume rollback; do
      for ((at = 1; ; at++)); do try "$scenario" "$call" "$at" "$how" || break; done
    done
  done
done

refused=0
for error in ENOSPC EIO EROFS; do # Each fsync of the journal fails in turn: nothing is done after it, and what was done can be undone.
  for ((at = 1; ; at++)); do
    start self-bind
    status=0; strace -f -qq -o /dev/null -e trace=fsync -e inject="fsync:error=$error:when=$at" "$tool" apply "$scratch/plan" --yes --journal "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || status=$?
    if [ "$status" = 0 ]; then grep -q "could not be noted" "$scratch/out" || { stop; break; }; stop; continue; fi
    grep -q "$error" "$scratch/out" || fail "fsync $at with $error: the message does not name it"
    if [ -e "$scratch/journal/journal.jsonl" ]; then "$tool" rollback "$scratch/journal" "${host[@]}" > "$scratch/out" 2>&1 || fail "fsync $at with $error: rollback ends with $?"; fi
    [ "$(listing)" = "$before" ] || fail "fsync $at with $error: the mounts are not those before"
    refused=$((refused + 1)); stop
  done
done
[ "$killed" -gt 0 ] && [ "$resumed" -gt 0 ] && [ "$back" -gt 0 ] && [ "$refused" -gt 0 ] || fail "too little was tried"
echo "killed $killed times: $unbegun before anything was done, $resumed resumed to a healthy end, $back rolled back to the mounts before; $refused failures of the journal, nothing done after any"
