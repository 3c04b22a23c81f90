#!/usr/bin/env bash
# Kills `overlay2 config set-driver` at each of its system calls on files in turn: daemon.json must be the old or the new file, whole, with its
# mode, and the next try must succeed. Needs strace. Usage: eng/kill-matrix.sh
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$PWD/${OVERLAY2:-artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
folder=$scratch/host/etc/docker file=$scratch/host/etc/docker/daemon.json
old='{ "debug" : true }' new='{ "debug" : true, "storage-driver" : "overlay2" }'
killed=0 olds=0 news=0
try() { # The system call, which one of them is the last.
  rm -rf "$folder"; mkdir -p "$folder"; printf %s "$old" > "$file"; chmod 640 "$file"
  status=0
  { timeout 60 strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:signal=KILL:when=$2" "$tool" config set-driver overlay2 --root "$scratch/host" > /dev/null || status=$?; } 2> /dev/null
  content=$(cat "$file")
  [ "$content" = "$old" ] || [ "$content" = "$new" ] || { echo "FAILED: killed at $1 $2, daemon.json is: $content"; exit 1; }
  [ "$(stat -c %a "$file")" = 640 ] || { echo "FAILED: killed at $1 $2, the mode is $(stat -c %a "$file")"; exit 1; }
  [ "$status" != 0 ] || return 1
  killed=$((killed + 1)); if [ "$content" = "$old" ]; then olds=$((olds + 1)); else news=$((news + 1)); fi
  "$tool" config set-driver overlay2 --root "$scratch/host" > /dev/null || { echo "FAILED: after a kill at $1 $2 the next try fails"; exit 1; }
  [ "$(cat "$file")" = "$new" ] || { echo "FAILED: after a kill at $1 $2 the next try left: $(cat "$file")"; exit 1; }
}
for call in openat2 fsync fchmod fchown fsetxattr rename renameat renameat2 link linkat unlink unlinkat write; do
  for ((at = 1; ; at++)); do try "$call" "$at" || break; done
done
[ "$olds" -gt 0 ] && [ "$news" -gt 0 ] || { echo "FAILED: no kill before or none behind the change ($olds, $news)"; exit 1; }
echo "killed at $killed system calls: $olds times the old file, $news times the new one, nothing else; each next try succeeded"
