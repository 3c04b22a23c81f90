#!/usr/bin/env bash
# Captures a host whose store tries to lead the reader out, to hold it up and to fill its memory, under strace, and fails if a file outside
# the host root was opened that capturing an empty host does not open too. Usage: eng/hostile-store.sh
set -euo pipefail
cd "$(dirname "$0")/.."
command -v strace >/dev/null || { apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q strace >/dev/null; }
tool=${OVERLAY2:-artifacts/bin/Overlay2.Cli/release/overlay2}
[ -x "$tool" ] || dotnet build -c Release samples/Overlay2.Cli
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
canary=$scratch/outside host=$scratch/host empty=$scratch/empty
mkdir -p "$canary" "$host" "$empty"
cp /etc/passwd "$canary/secret"; mkdir "$canary/diff"; echo x > "$canary/diff/secret"

home=$host/var/lib/docker/overlay2 db=$host/var/lib/docker/image/overlay2 up=../../../../../..
mkdir -p "$home/l" "$db/layerdb/sha256" "$db/layerdb/mounts" "$host/var/lib/docker/containers" "$host/proc/1/ns" "$host/etc/docker"
number=0
layer() { number=$((number + 1)); printf -v id '%064x' "$number"; mkdir -p "$home/$id"; }       # an own id for each
owned() { mkdir -p "$db/layerdb/mounts/$id" "$host/var/lib/docker/containers/$id"; printf %s "$id" > "$db/layerdb/mounts/$id/mount-id"
  echo '{"State":{"Dead":true,"RemovalInProgress":true}}' > "$host/var/lib/docker/containers/$id/config.v2.json"; } # its layer is scanned

layer; ln -s link "$home/$id/link"; ln -s lower2 "$home/$id/lower"; ln -s lower "$home/$id/lower2"               # links in a ring
layer; ln -s /etc/passwd "$home/$id/link"; ln -s "$up/../outside/secret" "$home/$id/lower"                     # links out
layer; ln -s /etc "$home/$id/diff"; ln -s "$canary" "$home/$id/work"; owned
layer; mkfifo "$home/$id/link" "$home/$id/lower"; owned                                                          # fifos
layer; truncate -s 10G "$home/$id/lower" "$home/$id/link"; owned                                                 # 10 GB
layer; mkdir "$home/$id/diff"; ln -s /etc "$home/$id/diff/etc"; ln -s . "$home/$id/diff/loop"; ln -s "$canary/secret" "$home/$id/diff/secret"
mkfifo "$home/$id/diff/fifo"; mknod "$home/$id/diff/null" c 1 3 2>/dev/null || true; owned                      # a scanned layer
layer; mkdir -p "$home/$id/work"; ln -s "$canary" "$home/$id/work/work"
layer; (cd "$home/$id" && mkdir -p diff && cd diff && for i in $(seq 400); do mkdir d && cd d; done); owned     # deep
layer; printf '../../../../outside:l/../../../../../outside:/etc' > "$home/$id/lower"; mkdir "$home/$id/link"
ln -s "$up/outside" "$home/l/ABCDEFGHIJKLMNOPQRSTUVWXYZ"; ln -s /etc "$home/l/BBCDEFGHIJKLMNOPQRSTUVWXYZ"; ln -s CBCDEFGHIJKLMNOPQRSTUVWXYZ "$home/l/CBCDEFGHIJKLMNOPQRSTUVWXYZ"
ln -s /etc "$db/layerdb/sha256/$id"; ln -s "$canary" "$db/imagedb"
mkdir -p "$db/layerdb/sha256/x$id"; ln -s "$canary/secret" "$db/layerdb/sha256/x$id/cache-id"
for case in 1 2 3 4; do
  printf -v container 'c%063x' "$case"; mkdir "$host/var/lib/docker/containers/$container"; config=$host/var/lib/docker/containers/$container/config.v2.json
  case $case in
    1) ln -s /etc/shadow "$config" ;;
    2) printf '{"State":%.0s' $(seq 20000) > "$config" ;;
    3) echo '{"State":7,"Name":[],"Config":"x"}' > "$config" ;;
    4) truncate -s 10G "$config" ;;
  esac
done
ln -s "$canary" "$host/var/lib/docker/containers/linked"
mkdir "$host/var/lib/docker/buildkit"; printf '\377%.0s' $(seq 70000) > "$host/var/lib/docker/buildkit/snapshots.db"; ln -s "$canary" "$host/var/lib/docker/vfs"
ln -s /etc/passwd "$host/etc/machine-id"; ln -s "$up/../outside/secret" "$host/etc/fstab"; mkfifo "$host/etc/docker/daemon.json"
ln -s / "$host/proc/1/root"; ln -s 'mnt:[4026531841]' "$host/proc/1/ns/mnt"; ln -s "$canary/secret" "$host/proc/1/mountinfo"

# The files that were opened, by what the descriptors lead to, those below the root left out and numbers made alike.
opened() { grep -oP '(open|openat|openat2)\(.*= \d+<\K[^>]*' "$1" | grep -v -F -e "$2/" | grep -v -x -F -e "$2" | sed -E 's/[0-9]+/N/g' | sort -u; }
run() { timeout 120 strace -f -y -qq -e trace=open,openat,openat2 -o "$scratch/$2.trace" "$tool" snapshot "$scratch/out.json" --host-root "$1" --data-root /var/lib/docker --all-namespaces --scan-uppers --json > "$scratch/$2.out"; mv "$scratch/out.json" "$scratch/$2.json"; }
run "$empty" empty
run "$host" hostile
opened "$scratch/empty.trace" "$empty" > "$scratch/expected"
opened "$scratch/hostile.trace" "$host" > "$scratch/found"
outside=$(comm -13 "$scratch/expected" "$scratch/found" | grep -v -e '^/proc/self' -e '^/proc/N/' -e '^/sys/fs/cgroup' -e '\.so' -e '\.dll$' || true)
grep -F -e "$canary" "$scratch/found" && { echo "FAILED: a file beside the host root was opened"; exit 1; }
[ -z "$outside" ] || { echo "FAILED: opened outside the host root:"; echo "$outside"; exit 1; }
grep -q -F -e root:x:0 "$scratch/hostile.json" && { echo "FAILED: a file outside is in the snapshot"; exit 1; }
echo "$(grep -c -F -e "= " "$scratch/hostile.trace") opens traced, $(opened "$scratch/hostile.trace" /nowhere | grep -c -F "$(sed -E 's/[0-9]+/N/g' <<<"$host")") distinct files below the host root, none outside; $(grep -o '"reason":"[A-Za-z]*"' "$scratch/hostile.json" | sort | uniq -c | tr -s ' \n' ' ')"
