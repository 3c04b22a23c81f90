#!/usr/bin/env bash
# A layer of 1,000,000 files: opening, walking, predict --tree with progress and Ctrl-C. Root only. Usage: eng/million-files.sh [FILES]
set -euo pipefail
cd "$(dirname "$0")/.."
export OVERLAY2_LAYER_FILES=${1:-1000000}
if [ "${MILLION_INNER:-}" != 1 ]; then
  dotnet build -c Release tests/Overlay2.Storage.KernelTests
  dotnet build -c Release samples/Overlay2.Cli
  MILLION_INNER=1 exec unshare --mount --propagation private "$0" "$@"
fi
artifacts/bin/Overlay2.Storage.KernelTests/release/Overlay2.Storage.KernelTests -class '*LargeLayerTests' -showLiveOutput

top=$(mktemp -d); trap 'umount "$top/m" "$top"; rmdir "$top"' EXIT
mount -t tmpfs -o size=90%,nr_inodes=0 million "$top"
mkdir "$top"/{l,u,w,m}
for d in $(seq $((OVERLAY2_LAYER_FILES / 1000))); do mkdir "$top/l/$d"; (cd "$top/l/$d" && seq -f 'file-%g' 1000 | xargs touch); done
mount -t overlay -o "lowerdir=$top/l,upperdir=$top/u,workdir=$top/w" million "$top/m"
tool=artifacts/bin/Overlay2.Cli/release/overlay2
echo "== the tool"
/usr/bin/env time -f '%e s (%U s user, %S s system), at most %M KiB resident' "$tool" predict "$top/m" --tree chown
echo "== Ctrl-C after two seconds"
env --default-signal=INT "$tool" predict "$top/m" --tree chown & tool_id=$!
sleep 2; kill -INT "$tool_id"; code=0; wait "$tool_id" || code=$?
echo "exit code $code"
