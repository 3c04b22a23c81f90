#!/usr/bin/env bash
# Writes the public members that the compiler misses (RS0016) into PublicAPI.Unshipped.txt and drops those that are gone (RS0017).
set -uo pipefail
cd "$(dirname "$0")/.."
file=src/Overlay2.Storage/PublicAPI.Unshipped.txt
messages=$(dotnet build src/Overlay2.Storage -p:TreatWarningsAsErrors=false 2>&1)
new=$(mktemp); gone=$(mktemp)
grep -oP "RS0016: Symbol '\K.*(?=' is not part of the declared)" <<<"$messages" > "$new"
grep -oP "RS0017: Symbol '\K.*(?=' is part of the declared)" <<<"$messages" > "$gone"
tail -n +2 "$file" | grep -vxFf "$gone" | cat - "$new" | LC_ALL=C sort -u | sed '1i #nullable enable' > "$new.out"
mv "$new.out" "$file"
rm -f "$new" "$gone"
git diff --stat -- "$file"
