#!/usr/bin/env bash
# Runs the unit and property tests of what works on bytes (Bytes, Mounts, MountOptions, Simulation) and of the numbers that differ by processor on other processors
# than this one's best: with vectors of half the width, without vectors, and as linux-arm64 under qemu-user. Prints a table, and fails where a test did.
# Usage: eng/processors.sh [avx2-off] [no-vectors] [arm64]; without one all. Needs root and apt for the first run of arm64.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=("$@"); [ ${#runs[@]} -gt 0 ] || runs=(avx2-off no-vectors arm64)
rooms=(Bytes Mounts MountOptions Simulation)
out=artifacts/processors
libraries=$PWD/$out/arm64-libraries
mkdir -p "$out"
declare -A built=()
bad=0

build() { # project, runtime
  dotnet publish "tests/Overlay2.Storage.$1" -c Release -v q -r "$2" --self-contained -p:RunAnalyzers=false -o "$out/$2/$1" >&2
}

# What the runtime needs of a system of that kind, unpacked into a directory of its own: nothing of this machine is of another processor afterwards.
fetch_libraries() {
  local state=$PWD/$out/apt packages=$PWD/$out/apt/packages apt package
  mkdir -p "$state/lists/partial" "$state/archives/partial" "$packages" "$libraries"
  apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state" -o APT::Sandbox::User=root)
  "${apt[@]}" update > /dev/null
  (cd "$packages" && "${apt[@]}" download libc6 libstdc++6 libgcc-s1 zlib1g > /dev/null && { "${apt[@]}" download libssl3t64 || "${apt[@]}" download libssl3; } > /dev/null 2>&1)
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$libraries"; done
  # Where /lib is part of /usr the packages may not say so.
  [ -e "$libraries/lib" ] || ln -s usr/lib "$libraries/lib"
}

# The test host as it is started: the arm64 one finds the C library of its kind below the emulator's prefix.
run() { # name, runtime, project, command before it...
  local name=$1 project=$3 program=$out/$2/$3/Overlay2.Storage.$3 line filters=()
  for room in "${rooms[@]}"; do filters+=(-class "Overlay2.Storage.$project.$room.*"); done
  [ "$project" = PropertyTests ] || filters+=(-class "Overlay2.Storage.$project.Interop.ProcessorNumbersTests")
  shift 3
  "$@" "$program" -noColor "${filters[@]}" > "$out/$name.$project.log" 2>&1 || true
  line=$(grep -E 'Total: [0-9]+, Errors' "$out/$name.$project.log" || true)
  printf '| %s | %s | %s |\n' "$name" "$project" "${line:-did not run to its end}" | sed 's/| *Overlay2[^ ]* *Total/| Total/'
  if ! grep -qE 'Total: [1-9][0-9]*, Errors: 0, Failed: 0,' <<< "$line"; then
    grep -E '\[FAIL\]' "$out/$name.$project.log" || tail -n 5 "$out/$name.$project.log"
    bad=1
  fi
}

echo '| processor | tests | result |'
echo '| --- | --- | --- |'
for name in "${runs[@]}"; do
  case $name in
    avx2-off) runtime=linux-x64 before=(env DOTNET_EnableAVX2=0) ;;
    no-vectors) runtime=linux-x64 before=(env DOTNET_EnableHWIntrinsic=0) ;;
    arm64)
      runtime=linux-arm64
      command -v qemu-aarch64 > /dev/null || { apt-get update -q > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends qemu-user > /dev/null; }
      [ -e "$libraries/lib" ] || fetch_libraries
      # The emulator does not hear of code that is written through another mapping.
      before=(env DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0 qemu-aarch64 -L "$libraries")
      ;;
    *) echo "unknown processor $name" >&2; exit 64 ;;
  esac
  for project in PropertyTests Tests; do
    if [ -z "${built[$runtime $project]:-}" ]; then
      build "$project" "$runtime"
      built[$runtime $project]=1
    fi
    run "$name" "$runtime" "$project" "${before[@]}"
  done
done
exit "$bad"
