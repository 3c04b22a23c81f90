namespace Overlay2.Cli.Lab;

/// <summary>A store as the Docker Engine lays it out, without any engine: an image of three layers, and a stopped container of it.</summary>
internal sealed class StoreLab : LabNamespace
{
    private const string Make = """
        R="$D/docker"; H="$R/overlay2"; I="$R/image/overlay2"
        digest() { printf %s "$1" | sha256sum | cut -c1-64; }
        short() { digest "name of $1" | tr 0-9a-f A-P | cut -c1-26; }
        write() { mkdir -p "${1%/*}"; printf %s "$2" > "$1"; }
        layer() { # id, what its lower file holds
          mkdir -p "$H/l" "$H/$1/diff"; write "$H/$1/link" "$(short "$1")"; ln -s "../$1/diff" "$H/l/$(short "$1")"
          if [ -n "$2" ]; then write "$H/$1/lower" "$2"; mkdir -m 700 "$H/$1/work"; fi
        }
        chain=; lower=; ids=
        for n in 1 2 3; do
          id=$(digest "layer $n"); diff=$(digest "files of layer $n"); parent=$chain; chain=$diff
          if [ -n "$parent" ]; then chain=$(digest "sha256:$parent sha256:$diff"); write "$I/layerdb/sha256/$chain/parent" "sha256:$parent"; fi
          layer "$id" "$lower"; write "$H/$id/committed" ''; echo "of layer $n" > "$H/$id/diff/file$n"
          write "$I/layerdb/sha256/$chain/cache-id" "$id"; write "$I/layerdb/sha256/$chain/diff" "sha256:$diff"; write "$I/layerdb/sha256/$chain/size" 11
          lower="l/$(short "$id")${lower:+:$lower}"; ids="$ids${ids:+,}\"sha256:$diff\""; eval "L$n=\$id"
        done
        image="{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$ids]}}"; M=$(digest "$image")
        write "$I/imagedb/content/sha256/$M" "$image"
        write "$I/repositories.json" "{\"Repositories\":{\"app\":{\"app:1\":\"sha256:$M\"}}}"
        C=$(digest container); U=$(digest "layer of the container")
        layer "$U-init" "$lower"; write "$H/$U-init/committed" ''; layer "$U" "l/$(short "$U-init"):$lower"; echo "of the container" > "$H/$U/diff/file4"
        write "$I/layerdb/mounts/$C/mount-id" "$U"; write "$I/layerdb/mounts/$C/init-id" "$U-init"; write "$I/layerdb/mounts/$C/parent" "sha256:$chain"
        write "$R/containers/$C/config.v2.json" "{\"ID\":\"$C\",\"Name\":\"/web\",\"Driver\":\"overlay2\",\"Image\":\"sha256:$M\",\"State\":{\"Running\":false,\"Pid\":0},\"Config\":{\"Image\":\"app:1\"}}"
        write "$R/containers/$C/hostconfig.json" '{"RestartPolicy":{"Name":"no"}}'

        # Mounts as the engine does when it starts the container, and when it makes another one of the image.
        files() { # what, options
          echo "$1:"; mkdir "$H/$U/merged"
          if error=$(cd "$H" && mount -t overlay overlay -o "$2" "$U/merged" 2>&1); then
            for file in "$H/$U/merged"/*; do echo "  ${file##*/}: $(cat "$file" 2> /dev/null || echo "not to be read")"; done; umount "$H/$U/merged"
          else
            echo "  mount(8) fails: $(echo "$error" | sed -n '1s/^[^ ]* [^ ]* //p')"
          fi
          rmdir "$H/$U/merged"
        }
        start() { files "The container, mounted" "lowerdir=$(cat "$H/$U/lower"),upperdir=$U/diff,workdir=$U/work${1:-}"; }
        another() { mkdir "$D/new" "$D/work"; files "Another container of its image, mounted" "lowerdir=l/$(cat "$H/$L3/link"):$(cat "$H/$L3/lower"),upperdir=$D/new,workdir=$D/work"; rm -rf "$D/new" "$D/work"; }

        # What a person wants to see of it; digests by their beginning.
        links() { if [ -n "$(ls "$H/l")" ]; then find "$H/l" -type l -printf 'overlay2/l/%f -> %l\n' | sort; else echo 'overlay2/l: (empty)'; fi; }
        parts() { for part in link lower; do echo "overlay2/$1/$part: $(if [ -s "$H/$1/$part" ]; then cat "$H/$1/$part"; else echo "(empty)"; fi)"; done; }
        inside() { (cd "$R" && find "overlay2/$1" overlay2-quarantine -mindepth 1 -printf '%p\n' 2> /dev/null | sort); }
        layers() { (cd "$R" && find overlay2 overlay2-quarantine -mindepth 1 -maxdepth 1 -printf '%p  %TY-%Tm-%Td\n' 2> /dev/null | sort); links; }
        brief() { sed 's/\([0-9a-f]\{12\}\)[0-9a-f]\{52\}/\1/g'; }
        all() { (cd "$R" && find . -printf '%P %y %m %U:%G %l\n' -type f -exec sha256sum {} + | sort); }
        """;

    public StoreLab(LabScenario scenario)
        : base(scenario, Make)
    {
    }

    public override IReadOnlyList<string> Sound => field ??= Prove();

    public override IReadOnlyList<string> Show() => Run($"{Scenario.Places} | brief");

    public override IReadOnlyList<string> List() => Run("all");

    public override IReadOnlyList<string> Prove() => Run("start; another");
}
