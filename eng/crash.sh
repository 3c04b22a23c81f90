#!/usr/bin/env bash
# Kills `overlay2 apply`, `resume` and `rollback` at every call that changes something, and lets every such call fail, on real damages of all kinds: in mounts,
# stores, configuration, what was set aside, and with a real engine. Prints a table, and fails where something was lost. Needs root.
# Usage: eng/crash.sh [--quick] [SCENARIO...]; --quick tries the least of one scenario in mounts and one in a store, without a native program.
#        eng/crash.sh --rivals [SCENARIO...]: instead, two, four and eight runs on one thing, of which one stands still before each of its changing calls.
#        eng/crash.sh --swaps [SCENARIO...]: instead, one run, while a store's root and what is above and below it are swapped for links to a copy.
set -euo pipefail
cd "$(dirname "$0")/.."
project=tests/Overlay2.Storage.CrashTests
if [ "${1:-}" = --quick ]; then
  dotnet build -c Release -v q "$project" >&2
  exec artifacts/bin/Overlay2.Storage.CrashTests/release/Overlay2.Storage.CrashTests "$@"
fi
out=artifacts/publish/crash-tests
linker=(); command -v clang > /dev/null 2>&1 || linker=(-p:CppCompilerAndLinker=gcc)
dotnet publish "$project" -c Release -v q -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -o "$out" "${linker[@]}" >&2
exec "$out/Overlay2.Storage.CrashTests" "$@"
