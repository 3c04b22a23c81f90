#!/usr/bin/env bash
# Kills `overlay2 apply` and `rollback` at their system calls on damaged copies of a recorded store, one call after the other: then `resume` must end
# healthy, with every byte as it was before the damage, and `rollback` must give what there was before the repair. Also makes the journal and the
# store's own calls fail. Needs root, strace and python3. Usage: eng/store-crashes.sh [DAMAGE...]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${STORE_CRASHES:-}" ]; then STORE_CRASHES=1 exec unshare --mount --propagation private "$0" "$@"; fi
mount -t tmpfs run /run # An engine of this machine is not the matter here.
tool=${OVERLAY2:-$PWD/artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
# The parameters are the host's, and what runs beside this may change them meanwhile: here they stay what they are now.
cp -r /sys/module/overlay/parameters "$scratch/parameters"; mount --bind "$scratch/parameters" /sys/module/overlay/parameters
store=$scratch/docker python=$(python3 -c 'import sys; print(sys.executable)') home=$store/overlay2 layers=$store/image/overlay2/layerdb
python3 - "$scratch" > /dev/null <<'PY'
import base64, gzip, json, os, stat, sys
root = os.path.join(sys.argv[1], "whole")
os.mkdir(root)
with gzip.open("tests/data/docker-root/healthy-stopped/tree.json.gz") as file:
    entries = json.load(file)["entries"]
for entry in entries:
    path = os.path.join(root, entry["path"])
    if "/work/work" in path:  # What the kernel makes itself.
        continue
    kind = entry["type"]
    if kind == "dir":
        os.mkdir(path)
    elif kind == "symlink":
        os.symlink(entry["target"], path)
    elif kind == "file":
        data = entry["text"].encode() if "text" in entry else base64.b64decode(entry.get("base64", ""))
        with open(path, "wb") as file:
            file.write(data)
            file.truncate(entry["size"])
    else:
        os.mknod(path, 0o600 | stat.S_IFCHR, 0)
    os.lchown(path, entry["uid"], entry["gid"])
    for name, value in (entry.get("xattrs") or {}).items():
        os.setxattr(path, name, base64.b64decode(value), follow_symlinks=False)
for entry in reversed(entries):
    if entry["type"] != "symlink" and "/work/work" not in entry["path"]:
        os.chmod(os.path.join(root, entry["path"]), int(entry["mode"], 8))
# Owners, modes and attributes that nothing has by default.
for layer in os.listdir(os.path.join(root, "overlay2")):
    for name in ("link", "lower", "work"):
        path = os.path.join(root, "overlay2", layer, name)
        if os.path.exists(path):
            os.chown(path, 1000, 1001)
            os.chmod(path, 0o640 if name != "work" else 0o711)
            os.setxattr(path, "user.note", b"\0of the store")
os.chown(os.path.join(root, "overlay2"), 0, 1001)
os.chown(os.path.join(root, "overlay2/l"), 1000, 1001)
for name in os.listdir(os.path.join(root, "overlay2/l")):
    os.lchown(os.path.join(root, "overlay2/l", name), 1000, 1001)
PY
cat > "$scratch/list.py" <<'PY'
import hashlib, os, stat, sys
lines = []
for directory, names, files in os.walk(sys.argv[1]):
    for name in names + files:
        path = os.path.join(directory, name)
        status = os.lstat(path)
        line = [os.path.relpath(path, sys.argv[1]), oct(status.st_mode), status.st_uid, status.st_gid]
        if stat.S_ISLNK(status.st_mode):
            line.append(os.readlink(path))
        elif stat.S_ISREG(status.st_mode):
            line += [status.st_size, hashlib.sha256(open(path, "rb").read()).hexdigest()]
        line += [f"{key}={os.getxattr(path, key, follow_symlinks=False).hex()}" for key in sorted(os.listxattr(path, follow_symlinks=False))]
        lines.append(" ".join(map(str, line)))
print("\n".join(sorted(lines)))
PY
listing() { "$python" -S -E "$scratch/list.py" "$1"; }
original() { grep -v -e '^overlay2-quarantine' -e '/work/work' || true; } # A listing without what is kept, and without what the kernel clears itself.
layer() { for directory in "$home"/*; do [ ! -e "$directory/committed" ] || [ ! -e "$directory/lower" ] || [[ $directory == *-init ]] || { echo "$directory"; return; }; done; }
upper() { echo "$home/$(cat "$(printf '%s\n' "$layers"/mounts/* | sed -n "$1p")/mount-id")"; }
orphan() { # A layer that nobody needs, two days old.
  mkdir -p "$home/$1/diff/kept"; echo old > "$home/$1/diff/kept/file"; printf %s "$2" > "$home/$1/link"; ln -s "../$1/diff" "$home/l/$2"; touch -d '2 days ago' "$home/$1"
}
damage() {
  case $1 in
    links) find "$home/l" -type l -delete ;;
    wrong-link) ln -sfn "../$(basename "$(upper 1)")/diff" "$home/l/$(cat "$(layer)/link")" ;;
    lower) : > "$(upper 1)/lower" ;;
    link) rm "$(layer)/link" ;;
    work) rmdir "$(upper 1)/work"; echo '?' > "$(upper 2)/merged" ;;
    records) printf '' > "$(printf '%s\n' "$layers"/mounts/* | sed -n 1p)/mount-id"; image=$(dirname "$(printf '%s\n' "$layers"/sha256/*/parent | sed -n 1p)"); rm "$image/cache-id" ;;
    orphans) orphan "$(printf 'e%.0s' {1..64})" EEEEEEEEEEEEEEEEEEEEEEEEEE; orphan "$(printf 'f%.0s' {1..64})" FFFFFFFFFFFFFFFFFFFFFFFFFF ;;
    volatile) mkdir -p "$(upper 2)/work/work/incompat/volatile"; : > "$(upper 2)/work/work/incompat/volatile/dirty" ;;
    combined) damage wrong-link; damage lower; damage work; damage volatile; rm "$home/l/$(cat "$(upper 2)/link")" ;;
    *) fail "there is no damage $1" ;;
  esac
}
fail() { echo "FAILED: $1"; cat "$scratch/out" 2> /dev/null || true; exit 1; }
plan() { "$tool" plan --only OVL0011 OVL0101 OVL0102 OVL0103 OVL0104 OVL0105 OVL0107 OVL0108 OVL0110 OVL0112 OVL0113 OVL0114 OVL0209 --data-root "$store" --out "$scratch/plan" > "$scratch/out" 2>&1 || fail "$1: no plan"; }
begin() { # The damage in a fresh copy, and its plan. Tells what an undisturbed run ends with.
  rm -rf "$store" "$scratch/journal"; cp -a "$scratch/whole" "$store"; whole=$(listing "$store")
  damage "$1"; find "$home/l" -type l -exec chown -h 1000:1001 {} + # A link that is made gets the owner of its directory.
  before=$(listing "$store"); plan "$1"
  run apply || fail "$1: apply ends with $?"
  after=$(listing "$store")
  [ "$(original <<< "$after")" = "$whole" ] || { diff <(echo "$whole") <(original <<< "$after") > "$scratch/out" || true; fail "$1: the repair does not give the store before the damage"; }
  run rollback || fail "$1: rollback ends with $?"
  same "$before" "$1: rollback"
}
run() { # apply, resume or rollback; with the arguments of strace behind it, under strace.
  local command=$1; shift
  local words=("$tool" "$command" "$scratch/journal" --data-root "$store")
  [ "$command" != apply ] || { rm -rf "$scratch/journal"; words=("$tool" apply "$scratch/plan" --yes --journal "$scratch/journal" --data-root "$store"); }
  [ $# = 0 ] || words=(strace -f -qq -o /dev/null "$@" "${words[@]}")
  { "${words[@]}" > "$scratch/out" 2>&1; } 2> /dev/null
}
same() { [ "$(listing "$store")" = "$1" ] || { diff <(echo "$1") <(listing "$store") > "$scratch/out" || true; fail "$2 left another store"; }; }
ended() { grep -q '"Ended"' "$scratch/journal/journal.jsonl"; }
back() { run rollback || fail "$1: rollback ends with $?"; same "$before" "$1: rollback"; rolled=$((rolled + 1)); }
dies() { # Whether a run is killed; it may also end well, since there is no such call any more.
  local status=0
  run "$@" || status=$?
  [ "$status" = 0 ] || [ "$status" = 137 ] || fail "$where: it ends with $status"
  [ "$status" = 137 ]
}
killed=0 resumed=0 rolled=0 unbegun=0 failed=0
killings() { # damage, command to kill, system call, arguments of strace that choose it.
  local at how
  for how in resume rollback undo; do
    for ((at = 1; ; at++)); do
      where="$1 killed at $2 $at of $3, $how"
      if [ "$how" = undo ]; then
        run apply || fail "$where: apply"
        dies rollback "${@:4}" -e trace="$2" -e inject="$2:signal=KILL:when=$at" || { same "$before" "$where"; break; }
        killed=$((killed + 1))
        if grep -q '"RolledBack"' "$scratch/journal/journal.jsonl"; then same "$before" "$where"; else back "$where"; fi
        continue
      fi
      dies apply "${@:4}" -e trace="$2" -e inject="$2:signal=KILL:when=$at" || { back "$where"; break; }
      killed=$((killed + 1))
      if [ ! -e "$scratch/journal/journal.jsonl" ]; then unbegun=$((unbegun + 1)); same "$before" "$where: a run without a journal"; continue; fi
      if [ "$how" = resume ] && ! ended; then
        run resume || fail "$where: resume ends with $?"
        same "$after" "$where: resume"; resumed=$((resumed + 1))
      fi
      back "$where"
    done
    [ "$2" != fsync ] || [ "$at" -gt 3 ] || fail "$where: there are more calls than that"
  done
}
failures() { # damage, system call, error, whether every later one fails too (+), which calls, arguments of strace that choose them.
  local at
  for ((at = 1; ; at++)); do
    where="$1 with $3 of $2 $at$4 ($5)"
    if run apply --seccomp-bpf "${@:6}" -e trace="$2" -e inject="$2:error=$3:when=$at$4"; then
      grep -q 'could not be noted' "$scratch/out" || { back "$where"; break; }
      same "$after" "$where"
    else
      grep -q "$3" "$scratch/out" || fail "$where: the message does not name it"
    fi
    failed=$((failed + 1))
    if [ ! -e "$scratch/journal/journal.jsonl" ]; then same "$before" "$where: a run without a journal"; else back "$where"; fi
  done
}
for name in ${*:-links wrong-link lower link work records orphans volatile combined}; do
  begin "$name"
  spares=(); while read -r directory; do spares+=(-P "$directory/.overlay2-storage.new"); done < <(find "$store" -path "*/diff/*" -prune -o -type d -print)
  for call in fsync renameat2 symlinkat mkdirat unlinkat; do killings "$name" "$call" "$call"; done
  killings "$name" openat spares -P .overlay2-storage.new
  killings "$name" write journal -P "$scratch/journal/journal.jsonl"
  for error in ENOSPC EIO EROFS; do failures "$name" fsync "$error" '' all; done
  for error in ENOSPC EIO; do
    for call in renameat2 symlinkat mkdirat unlinkat; do failures "$name" "$call" "$error" '' all; failures "$name" "$call" "$error" + all; done
    failures "$name" openat "$error" '' spares -P .overlay2-storage.new
    failures "$name" write "$error" '' spares "${spares[@]}"
  done
  echo "$name: killed $killed times, $unbegun before anything was done; resumed $resumed, rolled back $rolled; $failed failures" >&2
done
[ "$killed" -gt 0 ] && [ "$resumed" -gt 0 ] && [ "$rolled" -gt 0 ] && [ "$failed" -gt 0 ] || fail "too little was tried"
echo "killed $killed times: $unbegun before anything was done, $resumed resumed to a healthy store with every byte of the whole one, $rolled rolled back to the store before; $failed failures of calls, each undone"
