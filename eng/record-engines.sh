#!/usr/bin/env bash
# Records a small healthy state of each engine that is installed: one image, and one running container of it; as redacted snapshots in DIR, for tests/data/engine-states.
# Usage: eng/record-engines.sh DIR; best as eng/engines.sh --in SUITE eng/record-engines.sh DIR. Needs root and a built overlay2 (dotnet build).
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath "${1:?usage: eng/record-engines.sh DIR}")
[ -n "${RECORD_INSIDE:-}" ] || RECORD_INSIDE=1 exec unshare --mount --pid --fork --mount-proc --kill-child --propagation private eng/record-engines.sh "$out"
mkdir -p "$out"
tool=$(find artifacts/bin/Overlay2.Cli -path "*/debug/overlay2" -o -path "*/release/overlay2" | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
mount -t tmpfs tmpfs /run

tree=$scratch/tree
mkdir -p "$tree"/{bin,etc,proc,sys,dev}
cp "$(command -v busybox)" "$tree/bin/busybox"
for name in sh sleep true; do ln -s busybox "$tree/bin/$name"; done
echo 'root:x:0:0:root:/:/bin/sh' > "$tree/etc/passwd"
tar -C "$tree" -cf "$scratch/tree.tar" .

wait_for() { local i; for ((i = 0; i < 300; i++)); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "no answer: $*" >&2; return 1; }
short() { grep -oE '[0-9]+\.[0-9]+' <<< "$1" | head -n 1; }
record() { # name, options of overlay2 snapshot...
  "$tool" snapshot "$scratch/state.json" --redact "${@:2}" > /dev/null
  # The builder of the kernel says nothing about the engine.
  sed -E 's/("release":"[0-9.]+)[^"]*"/\1"/' "$scratch/state.json" | gzip -9n > "$out/$1.json.gz"
  rm "$scratch/state.json"
  echo "$1: $("$tool" diagnose --snapshot "$out/$1.json.gz" 2>&1 | head -n 1)"
}

docker_state() { # name, configuration, words of dockerd...
  mount -t tmpfs -o mode=755 tmpfs /var/lib/docker
  printf '%s' "$2" > "$scratch/daemon.json"
  dockerd --config-file "$scratch/daemon.json" --data-root /var/lib/docker --exec-root "$scratch/exec" --pidfile "$scratch/pid" -H "unix://$scratch/socket" \
    --iptables=false --ip6tables=false --bridge=none "${@:3}" > "$scratch/dockerd.log" 2>&1 &
  local engine=$! client=(docker -H "unix://$scratch/socket")
  wait_for "${client[@]}" version || { tail -n 1 "$scratch/dockerd.log" >&2; return 1; }
  "${client[@]}" import "$scratch/tree.tar" one:1 > /dev/null
  "${client[@]}" run -d --name one --network none one:1 /bin/sleep 36000 > /dev/null
  # An engine that does not know the other image store goes on with its own, which is recorded already.
  if [[ $1 != *-containerd ]] || [ "$("${client[@]}" info -f '{{.Driver}}')" = overlayfs ]; then record "$1" --engine-pid "$engine"; fi
  "${client[@]}" rm -f one > /dev/null
  kill "$engine"; wait "$engine" || true
  umount -R /var/lib/docker
}

if command -v dockerd > /dev/null; then
  version=docker-$(short "$(dockerd --version)")
  mkdir -p /var/lib/docker
  for ids in subuid subgid; do echo daemon:165536:65536 > "$scratch/$ids"; mount --bind "$scratch/$ids" "/etc/$ids"; done
  docker_state "$version-classic" '{}' --storage-driver overlay2
  docker_state "$version-remapped" '{"userns-remap":"daemon"}' --storage-driver overlay2
  docker_state "$version-containerd" '{"features":{"containerd-snapshotter":true}}'
fi

if command -v containerd ctr > /dev/null; then
  mkdir -p /var/lib/containerd /run/containerd
  mount -t tmpfs -o mode=711 tmpfs /var/lib/containerd
  layer=$(sha256sum "$scratch/tree.tar" | cut -d ' ' -f 1)
  machine=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  printf '{"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$machine" "$layer" > "$scratch/config.json"
  echo '[{"Config":"config.json","RepoTags":["docker.io/library/one:1"],"Layers":["tree.tar"]}]' > "$scratch/manifest.json"
  tar -C "$scratch" -cf "$scratch/image.tar" manifest.json config.json tree.tar
  printf 'version = 2\nroot = "/var/lib/containerd"\nstate = "/run/containerd"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' > "$scratch/config.toml"
  containerd --config "$scratch/config.toml" > "$scratch/containerd.log" 2>&1 &
  engine=$!
  wait_for ctr version || { tail -n 1 "$scratch/containerd.log" >&2; exit 1; }
  ctr -n one images import "$scratch/image.tar" > /dev/null
  ctr -n one run -d docker.io/library/one:1 one /bin/sleep 36000
  record "containerd-$(short "$(containerd --version | sed 's/.*containerd //; s/^[^ ]*containerd *//')")"
  ctr -n one tasks rm -f one > /dev/null
  kill "$engine"; wait "$engine" || true
  umount -R /var/lib/containerd
fi

if command -v podman > /dev/null; then
  mkdir -p /var/lib/containers
  mount -t tmpfs -o mode=755 tmpfs /var/lib/containers
  client=(podman --storage-driver overlay --cgroup-manager cgroupfs)
  "${client[@]}" import -q "$scratch/tree.tar" localhost/one:1 > /dev/null
  "${client[@]}" run -d --name one --pull never --network none --log-driver k8s-file --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 localhost/one:1 /bin/sleep 36000 > /dev/null
  record "podman-$(short "$(podman --version)")"
  "${client[@]}" rm -f -t 0 one > /dev/null
fi
