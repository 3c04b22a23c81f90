#!/usr/bin/env bash
# Runs the tests of real engines with the engines of other Debian suites, each in a root directory of its own, and prints a table by engine and group of tests.
# Usage: eng/engines.sh [--roots DIR] [--release] SUITE...; a suite is trixie or unstable. Without --release the debug build of the tests is run if there is one.
#        eng/engines.sh --in SUITE COMMAND...: instead, runs a command there, in namespaces of its own, with this tree and .NET at their usual places.
# The root directories stay below DIR (or OVERLAY2_ROOTS; some 1 GB each), and are used again. Needs root, apt with a Debian mirror and the .NET SDK;
# making a root takes some three minutes, the tests of a suite three more.
set -euo pipefail
cd "$(dirname "$0")/.."
usage() { sed -n 's/^# //; 3,4p' "$0" >&2; exit 2; }

roots=${OVERLAY2_ROOTS:-${TMPDIR:-/var/tmp}/overlay2-roots}
builds=(debug release) words=()
while [ $# -gt 0 ]; do
  case $1 in
    --roots) roots=${2:?}; shift 2;;
    --release) builds=(release); shift;;
    --in) [ $# -ge 3 ] || usage; words=("${@:3}"); set -- "$2"; break;;
    --inside) break;;
    -*) usage;;
    *) break;;
  esac
done
[ $# -gt 0 ] || usage

out=$PWD/artifacts/engines
project=tests/Overlay2.Storage.KernelTests
packages=(
  docker.io docker-cli docker-buildx containerd podman runc crun busybox-static iptables ca-certificates util-linux procps attr e2fsprogs xfsprogs uidmap passwd kmod mount
)

# Engine whose version is shown, group, and the classes of its tests.
groups=(
  "docker|diagnosis|Diagnosis.LiveDiagnosisTests Snapshots.EngineTrustTests"
  "docker|configuration, driver|Engines.EngineComparisonTests Engine.StorageEngineTests Layers.ContainerPredictionTests"
  "docker|classic, userns-remap and containerd stores|Engine.EngineStoresTests"
  "docker|repair|Repair.EngineRepairTests Repair.EngineStoreRepairTests Repair.EngineRestartTests Repair.EngineConfigurationRepairTests Repair.PurgeTests Repair.ScriptPlanTests"
  "docker|in a container of Docker|Diagnosis.NestedEngineTests"
  "containerd|diagnosis, repair, database|Diagnosis.ContainerdDiagnosisTests Engines.ContainerdDatabaseTests"
  "podman|diagnosis, repair|Podman.PodmanDiagnosisTests"
  "docker|with containerd and Podman on one host|Diagnosis.ThreeEnginesTests"
)
# Changes a setting of the whole machine, which other roots and other work on this machine would notice; eng/test.sh runs it alone.
alone=Repair.LiveModuleParameterTests

# A group that no list names would be missed in silence, so the list is compared with the tests that start an engine.
check_groups() {
  local file class missing=0
  while read -r file; do
    class=${file#"$project/"}; class=${class%.cs}; class=${class//\//.}
    [[ " ${groups[*]//|/ } $alone " = *" $class "* ]] || { echo "$class starts an engine and is in no group of $0" >&2; missing=1; }
  done < <(grep -rlE --include=*Tests.cs '\b(LiveEngine|SharedEngine|LiveContainerd|SharedContainerd|PodmanEngine|SharedPodman|ThreeEngines|EngineComparison)\b' "$project")
  return "$missing"
}

mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null | awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\//) { print $i; exit } }'
  cat /etc/apt/sources.list.d/*.sources 2> /dev/null | awk '$1 == "URIs:" { print $2 }'
}

make_root() { # suite, directory
  [ ! -e "$2/.ready" ] || return 0
  command -v debootstrap > /dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends debootstrap; } > /dev/null
  local from
  from=$(mirror | head -n 1)
  [ -n "$from" ] || { echo "no Debian mirror in apt's sources" >&2; return 1; }
  rm -rf --one-file-system "${2:?}"
  debootstrap --variant=minbase "--include=$(IFS=,; echo "${packages[*]}")" "$1" "$2" "$from" > "$2.log" 2>&1 || { tail -n 3 "$2.log" >&2; return 1; }
  # crun refuses a control group hierarchy that is partly of version 1, as it may be here.
  mkdir -p "$2/etc/containers"
  printf '[engine]\nruntime = "runc"\n' > "$2/etc/containers/containers.conf"
  touch "$2/.ready"
}

# What runs as the first process of its namespaces: the suite's files become the root directory, with this tree and .NET at their own places.
inside() { # root directory, command...
  local root=$1 tree=$PWD dotnet directory lock; shift
  dotnet=$(dirname "$(realpath "$(command -v dotnet)")")
  mount --bind "$root" "$root"
  # What an earlier run left must not be seen by this one.
  rm -rf --one-file-system "${root:?}/tmp" "$root/var/lib/docker" "$root/var/lib/containerd" "$root/var/lib/containers"
  mkdir -m 1777 "$root/tmp"
  # Parameters of the kernel's module are the same here and outside, so their locks (ModuleParameters) have to be the same files.
  for lock in lock turn; do
    touch -a "/tmp/overlay-params.$lock" "$root/tmp/overlay-params.$lock"
    mount --bind "/tmp/overlay-params.$lock" "$root/tmp/overlay-params.$lock"
  done
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  # Newer engines take version 2 of control groups wherever it is mounted, even if all controllers are with version 1.
  if [ -d /sys/fs/cgroup/unified ]; then umount "$root/sys/fs/cgroup/unified" 2> /dev/null || true; fi
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  for directory in "$tree" "$dotnet"; do mkdir -p "$root$directory"; mount --rbind "$directory" "$root$directory"; done
  export DOTNET_ROOT=$dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/tmp
  cd "$root"
  pivot_root . mnt
  umount -l /mnt
  cd "$tree"
  exec "$@"
}

# Runs a command in a root directory; a second run there waits for the first, since both would use the same files.
enter() { # root directory, command...
  flock "$1.lock" unshare --mount --pid --fork --mount-proc --kill-child --propagation private eng/engines.sh --inside "$@"
}

if [ "$1" = --inside ]; then shift; inside "$@"; fi

[ "$(id -u)" -eq 0 ] || { echo "needs root" >&2; exit 1; }
mkdir -p "$roots" "$out"
roots=$(realpath "$roots")
for suite in "$@"; do
  [[ $suite =~ ^(trixie|unstable)$ ]] || usage
  make_root "$suite" "$roots/$suite" || { echo "FAILED: no root directory of $suite" >&2; exit 1; }
done
[ ${#words[@]} -eq 0 ] || { enter "$roots/$1" "${words[@]}"; exit; }

check_groups
program=
for build in "${builds[@]}"; do
  program=artifacts/bin/Overlay2.Storage.KernelTests/$build/Overlay2.Storage.KernelTests
  [ ! -x "$program" ] || break
done
[ -x "$program" ] || dotnet build -c Release -v q "$project"

versions() { # suite
  enter "$roots/$1" sh -c '
    dockerd --version | sed -E "s/^Docker version ([^,]*).*/docker \1/"
    containerd --version | sed -E "s/^.* v?([0-9]+\.[^ +]*).*/containerd \1/"
    podman --version | sed "s/^podman version /podman /"
    runc --version | sed -n "s/^runc version /runc /p"'
}

status=0
table=$out/table.md
echo '| suite | engine | tests | passed | failed | skipped | seconds |' > "$table"
echo '| --- | --- | --- | --- | --- | --- | --- |' >> "$table"
rm -f "$out"/*.log
for suite in "$@"; do
  found=$(versions "$suite")
  printf '%s: %s\n' "$suite" "$(paste -sd, <<< "$found" | sed 's/,/, /g')" >> "$out/versions.log"
  for group in "${groups[@]}"; do
    IFS='|' read -r engine name classes <<< "$group"
    filters=(); for class in $classes; do filters+=(-class "*.$class"); done
    log="$out/$suite-$engine-$(tr -cs 'A-Za-z\n' - <<< "$name").log"
    started=$SECONDS
    enter "$roots/$suite" "./$program" -noColor "${filters[@]}" > "$log" 2>&1 || status=1
    line=$(grep -E 'Total: [0-9]+, Errors' "$log" | tail -n 1 || true)
    number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<< "$line"; }
    if [ -n "$line" ]; then
      failed=$(($(number Failed) + $(number Errors)))
      cells="$(($(number Total) - $(number Failed) - $(number Skipped))) | $failed | $(number Skipped)"
      [ "$(number Total)" -gt 0 ] || status=1
    else
      cells='did not end | | '; status=1
    fi
    echo "| $suite | $(grep "^$engine " <<< "$found") | $name | $cells | $((SECONDS - started)) |" >> "$table"
    tail -n 1 "$table"
  done
done
# A skip is no failure here: what a root directory cannot give is no fault of the engine. But each is named, with its reason.
grep -hE -A 3 '\[(FAIL|SKIP)\]$' "$out"/*.log || true
echo
cat "$table" "$out/versions.log"
exit "$status"
