#!/usr/bin/env bash
# Kills `overlay2 apply` of the engine manual's first plan (unmount everything, stop the containers, start the engine again, start the containers) on a
# real engine with two containers below a bind of the driver home on itself: before and after every line of the journal, at the
# calls of the kernel that unmount, and before, in and after every call of the engine. Then `resume` must end healthy, and in another run `rollback` must
# give the mounts before; most rollbacks are killed too, and called again. Needs root, strace and an engine.
# Usage: eng/engine-crashes.sh [POINT...], such as line:3, look:2:noted or stop:1:during.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${OVERLAY2:-$PWD/artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
# Everything in namespaces of its own: the engine has the places of a usual one, and whatever happens ends with this script.
[ "${INSIDE:-}" ] || INSIDE=1 exec unshare --mount --pid --fork --mount-proc --kill-child --propagation private "$0" "$@"
export OVERLAY2_TOOL=$tool
mkdir -p /var/lib/docker; mount -t tmpfs run /run; mount -t tmpfs -o size=512m docker /var/lib/docker
scratch=/run/crashes; mkdir "$scratch"; export scratch
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
home=/var/lib/docker/overlay2

# The engine is no child of what is traced and killed: a supervisor starts it when that is wished.
echo '{}' > "$scratch/daemon.json"
supervise() {
  while :; do
    until [ -e "$scratch/wish" ]; do sleep 0.05; done
    rm "$scratch/wish"; dockerd --config-file "$scratch/daemon.json" --storage-driver overlay2 --iptables=false --ip6tables=false --bridge=none >> "$scratch/log" 2>&1 < /dev/null || true
  done
}
supervise &
# What `overlay2` calls: it kills it before, in or after the call that is to be the last, where a call that was begun goes on alone; or has it killed at
# its next line in the journal, before the line is there or after.
cat > "$scratch/client" <<'EOF'
#!/bin/bash
kind=$1; [ "$kind" != version ] && [ "$kind" != inspect ] || kind=look
echo >> "$scratch/calls-$kind"
[ "$kind:$(wc -l < "$scratch/calls-$kind")" = "$(cat "$scratch/last")" ] || exec docker "$@"
case $(cat "$scratch/how") in
  before) kill -9 $PPID ;;
  during) docker "$@" > /dev/null 2>&1 & sleep 0.03; kill -9 $PPID ;;
  after) docker "$@" > /dev/null 2>&1; kill -9 $PPID ;;
  line | noted)
    syscall=write; [ "$(cat "$scratch/how")" = line ] || syscall=fsync
    strace -f -qq -p $PPID -o /dev/null -P "$scratch/journal/journal.jsonl" -e trace="$syscall" -e inject="$syscall:signal=KILL" > /dev/null 2>&1 &
    while grep -qs '^TracerPid:.0$' /proc/$PPID/task/*/status; do sleep 0.02; done
    exec docker "$@" ;;
esac
EOF
cat > "$scratch/restart" <<'EOF'
#!/bin/bash
how=no; [ "$(cat "$scratch/last")" != restart:1 ] || how=$(cat "$scratch/how")
[ "$how" != before ] || { kill -9 $PPID; exit; }
pid=$(cat /run/docker.pid 2> /dev/null || true)
if [ "$pid" ]; then kill "$pid" 2> /dev/null; [ "$how" != during ] || kill -9 $PPID; while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done; fi
[ "$how" != down ] || { kill -9 $PPID; exit; }
: > "$scratch/wish"
[ "$how" != after ] || { until docker version > /dev/null 2>&1; do sleep 0.1; done; kill -9 $PPID; }
EOF
chmod +x "$scratch"/{client,restart}
engine=(--client "$scratch/client" --restart "$scratch/restart")

fail() { echo "FAILED: $1"; cat "$scratch/out"; tail -5 "$scratch/log"; cat "$scratch/journal/journal.jsonl" 2> /dev/null || true; exit 1; }
await() { for ((t = 0; t < 300; t++)); do docker version > /dev/null 2>&1 && return; sleep 0.1; done; fail "the engine does not answer"; }
# The mounts without what a mount made anew has anew: ids, and of overlays the device.
listing() {
  awk '{ place[$1] = $5 " " $4 }
    index($5, "/var/lib/docker/overlay2") == 1 { for (i = 7; $i != "-"; i++) ; is = $(i + 1) == "overlay"; print (is ? "-" : $3), $4, $5, "on", place[$2], $6, i - 7, $(i + 1), (is ? $(i + 3) : "") }' /proc/self/mountinfo | sort
}
healthy() { # Nothing is found about mounts, and the containers run with their data.
  "$tool" diagnose --json > "$scratch/found" || true
  ! grep -Eo '"OVL00[0-9]*"' "$scratch/found" > "$scratch/out" || fail "$1: found afterwards"
  working "$1"
}
working() {
  local c
  await
  for c in one two; do
    [ "$(docker inspect -f '{{.State.Running}}' "$c" 2> "$scratch/out")" = true ] || fail "$1: container $c does not run"
    [ "$(docker exec "$c" cat /data 2> "$scratch/out")" = "data of $c" ] || fail "$1: container $c lost its data"
  done
}
call() { # Runs the tool to its end, and notes what it said.
  "$tool" "$@" > "$scratch/out" 2>&1
}
plan() { call plan --only OVL0001 --only OVL0002 --allow-engine-control --out "$scratch/plan"; }
put() { rm -f "$scratch"/calls-*; echo "$1" > "$scratch/last"; echo "$2" > "$scratch/how"; }
dying() { # point, command...: runs the tool until it is killed there; false if it comes to its end.
  local status=0 trace=() point=$1; shift
  put - -
  case $point in
    line:* | noted:*) # Before and after the line of that number is in the journal, of those before the first call of the engine: one thread writes them.
      local syscall=write; [[ $point = line:* ]] || syscall=fsync
      trace=(strace -f -qq -o /dev/null -P "$scratch/journal/journal.jsonl" -e trace="$syscall" -e inject="$syscall:signal=KILL:when=${point#*:}") ;;
    umount:*) trace=(strace -f -qq -o /dev/null -e trace=umount2 -e inject="umount2:signal=KILL:when=${point#*:}") ;;
    *:*:*) put "${point%:*}" "${point##*:}" ;;
  esac
  { timeout -k 5 60 "${trace[@]}" "$tool" "$@" > "$scratch/out" 2>&1 || status=$?; } 2> /dev/null
  [ "$status" != 124 ] || fail "$point: $1 does not end"
  put - -
  [ "$status" = 137 ]
}

: > "$scratch/wish"; : > "$scratch/out"; put - -; await
mkdir -p "$scratch/image/bin" "$scratch/image/etc"; cp "$(command -v busybox)" "$scratch/image/bin/busybox"; ln -s busybox "$scratch/image/bin/sh"; ln -s busybox "$scratch/image/bin/cat"; ln -s busybox "$scratch/image/bin/sleep"
tar -C "$scratch/image" -c . | docker import - crashes:1 > /dev/null
for c in one two; do
  # The second is one that the engine starts by itself.
  docker run -d --name "$c" --network none --stop-signal KILL $([ "$c" = one ] || echo --restart always) crashes:1 sleep 36000 > /dev/null
  docker exec "$c" sh -c "echo data of $c > /data"
done
mount --bind "$home" "$home"
expected=$(listing)

killed=0 resumed=0 ended=0 back=0 unbegun=0 again=0
try() { # point, resume or rollback; false when nothing was killed.
  rm -rf "$scratch/journal"; plan
  if ! dying "$1" apply "$scratch/plan" --alternative 1 --yes --journal "$scratch/journal" "${engine[@]}"; then
    grep -q . "$scratch/journal/journal.jsonl" || fail "$1: nothing was done"
    healthy "$1, not killed"; mount --bind "$home" "$home"; return 1
  fi
  killed=$((killed + 1))
  local lines; lines=$(wc -l < "$scratch/journal/journal.jsonl" 2> /dev/null || echo none)
  echo "$1 $2: $lines lines, last $(tail -n 1 "$scratch/journal/journal.jsonl" 2> /dev/null | grep -Eo '"(kind|step)":[^,]*' | tr '\n' ' ')"
  if [ "$lines" = none ]; then unbegun=$((unbegun + 1)); [ "$(listing)" = "$expected" ] || fail "$1: there is no journal, and mounts changed"; return; fi
  if [ "$2" = rollback ]; then
    local points=(stop:1:during line:1 start:1:after look:1:noted stop:2:after noted:1 start:2:before look:2:line)
    if [ $((killed % 3)) != 0 ]; then dying "${points[back % 8]}" rollback "$scratch/journal" "${engine[@]}" && again=$((again + 1)); fi
    grep -q '"RolledBack"' "$scratch/journal/journal.jsonl" || call rollback "$scratch/journal" "${engine[@]}" || fail "$1: rollback ends with $?"
    [ "$(listing)" = "$expected" ] || { diff <(echo "$expected") <(listing) > "$scratch/out" || true; fail "$1: rollback left other mounts"; }
    working "$1 $2"; back=$((back + 1)); return
  fi
  if grep -q '"Ended"' "$scratch/journal/journal.jsonl"; then ended=$((ended + 1)); else call resume "$scratch/journal" "${engine[@]}" || fail "$1: resume ends with $?"; resumed=$((resumed + 1)); fi
  healthy "$1 $2"
  mount --bind "$home" "$home"
}
both() { # Tests that change the parameters of the overlay module, which are the whole machine's, wait meanwhile.
  local status=0
  flock --shared 8; try "$1" resume && try "$1" rollback || status=1; flock --unlock 8
  return "$status"
}
exec 8>> /tmp/overlay-params.lock
if [ $# -gt 0 ]; then
  for point in "$@"; do both "$point" || fail "$point: nothing was killed"; done
else
  for ((at = 1; at <= 6; at++)); do both "line:$at" && both "noted:$at" || fail "line $at: nothing was killed"; done
  for ((at = 1; ; at++)); do both "umount:$at" || break; done
  for kind in stop start; do
    for ((at = 1; at <= 2; at++)); do
      for how in before during after; do both "$kind:$at:$how" || fail "$kind $at $how: nothing was killed"; done
    done
  done
  for ((at = 1; ; at++)); do both "look:$at:line" && both "look:$at:noted" && both "look:$at:before" || break; done
  for how in before during down after; do both "restart:1:$how" || fail "restart $how: nothing was killed"; done
fi
echo "killed $killed times: $unbegun before anything was begun, $resumed resumed to a healthy end, $ended had ended, $back rolled back to the mounts before, $again of these after the rollback was killed too"
