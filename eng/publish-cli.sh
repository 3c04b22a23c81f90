#!/usr/bin/env bash
# Publishes the sample tool as one native program, without a warning, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=artifacts/publish/overlay2
linker=(); command -v clang >/dev/null 2>&1 || linker=(-p:CppCompilerAndLinker=gcc)
log=$(mktemp); trap 'rm -f "$log"' EXIT
dotnet publish samples/Overlay2.Cli -c Release -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -o "$out" "${linker[@]}" 2>&1 | tee "$log"
if grep -E 'warning (IL|CS|NETSDK)' "$log"; then echo "the native publish warns"; exit 1; fi
"$out/overlay2" > /dev/null
ls -l "$out/overlay2"
