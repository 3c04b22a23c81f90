#!/usr/bin/env bash
# Runs the tests of real engines with the engines of other Debian suites, each in a root directory of its own, and prints a table by engine and group of tests.
# Usage: eng/engines.sh [trixie] [unstable]; without one both. The root directories stay (OVERLAY2_ROOTS, some 1.5 GB each) and are used again.
# Needs root, apt with a Debian mirror, and a built tree (dotnet build -c Release); a run takes some ten minutes a suite.
set -euo pipefail
cd "$(dirname "$0")/.."
roots=${OVERLAY2_ROOTS:-/var/tmp/overlay2-roots}
out=$PWD/artifacts/engines
tests=artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests
packages=docker.io,docker-cli,docker-buildx,containerd,podman,runc,crun,busybox-static,iptables,ca-certificates,util-linux,procps,attr,e2fsprogs,xfsprogs,uidmap,passwd,kmod,mount

# Group, engine whose version is shown, and the classes of its tests.
groups=(
  "Docker diagnosis|docker|*.Diagnosis.LiveDiagnosisTests"
  "Docker store|docker|*.Engines.EngineComparisonTests *.Engine.StorageEngineTests *.Engine.EngineStoresTests"
  "Docker repair|docker|*.Repair.EngineRepairTests *.Repair.EngineStoreRepairTests *.Repair.EngineRestartTests *.Repair.EngineConfigurationRepairTests *.Repair.PurgeTests"
  "Docker in Docker|docker|*.Diagnosis.NestedEngineTests"
  "containerd|containerd|*.Diagnosis.ContainerdDiagnosisTests *.Engines.ContainerdDatabaseTests"
  "Podman|podman|*.Podman.*"
  "all three|docker|*.Diagnosis.ThreeEnginesTests *.Layers.ContainerPredictionTests"
)

make_root() { # suite, directory
  [ -e "$2/.ready" ] && return
  command -v debootstrap > /dev/null || { apt-get -qq update; apt-get -qq install -y --no-install-recommends debootstrap; } > /dev/null
  local mirror
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2> /dev/null | head -n 1)
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null)
  mkdir -p "$roots"
  rm -rf --one-file-system "${2:?}"
  debootstrap --variant=minbase "--include=$packages" "$1" "$2" $mirror > "$2.log" 2>&1 || { tail -n 3 "$2.log" >&2; exit 1; }
  # crun refuses the mixed hierarchy of control groups that is shown here.
  mkdir -p "$2/etc/containers"
  printf '[engine]\nruntime = "runc"\n' > "$2/etc/containers/containers.conf"
  touch "$2/.ready"
}

# What runs in the namespaces of its own: the suite's files are the root directory, with this tree and .NET at their own paths.
inside() { # root directory, command...
  local root dotnet directory
  root=$(realpath "$1"); shift
  dotnet=$(dirname "$(realpath "$(command -v dotnet)")")
  rm -rf --one-file-system "${root:?}"/tmp/*
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  # These engines choose version 2 where it is mounted at all, and this kernel's controllers are on version 1.
  umount "$root/sys/fs/cgroup/unified" 2> /dev/null || true
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/run"
  for directory in "$PWD" "$dotnet"; do mkdir -p "$root$directory"; mount --rbind "$directory" "$root$directory"; done
  export DOTNET_ROOT=$dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/tmp WORK=$PWD
  cd "$root"
  pivot_root . mnt
  cd /
  umount -l /mnt
  cd "$WORK"
  exec "$@"
}

if [ "${1:-}" = --inside ]; then shift; inside "$@"; fi

suites=("$@"); [ ${#suites[@]} -gt 0 ] || suites=(trixie unstable)
[ -x "$tests" ] || dotnet build -c Release tests/Overlay2.Storage.KernelTests -v q
mkdir -p "$out"
printf '| Suite | Engine | Tests | Passed | Failed | Skipped | Seconds |\n|---|---|---|---|---|---|---|\n' | tee "$out/table.md"
for suite in "${suites[@]}"; do
  make_root "$suite" "$roots/$suite"
  for group in "${groups[@]}"; do
    IFS='|' read -r name engine classes <<< "$group"
    filters=(); for class in $classes; do filters+=(-class "$class"); done
    log=$out/$suite-${name// /-}.log
    started=$SECONDS
    unshare --mount --pid --fork --mount-proc --kill-child --propagation private "$0" --inside "$roots/$suite" "./$tests" -noColor "${filters[@]}" > "$log" 2>&1 || true
    version=$(chroot "$roots/$suite" dpkg-query -W -f '${Version}' "$(case $engine in docker) echo docker.io;; *) echo "$engine";; esac)" 2> /dev/null || echo '?')
    line=$(grep -E 'Total: [0-9]+, Errors' "$log" || true)
    number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$line"; }
    if [ -z "$line" ]; then
      printf '| %s | %s %s | %s | did not run to its end | | | %s |\n' "$suite" "$engine" "$version" "$name" $((SECONDS - started))
    else
      failed=$(($(number Failed) + $(number Errors)))
      printf '| %s | %s %s | %s | %s | %s | %s | %s |\n' "$suite" "$engine" "$version" "$name" $(($(number Total) - failed - $(number Skipped))) "$failed" "$(number Skipped)" $((SECONDS - started))
    fi | tee -a "$out/table.md"
  done
done
grep -hE '\[(FAIL|SKIP)\]' "$out"/*.log || true
! grep -qE 'did not run|\| [0-9]+ \| [1-9][0-9]* \| [0-9]+ \| [0-9]+ \|$' "$out/table.md"
