using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Where a containerd keeps its store, by <c>config.toml</c> and the files that it imports.</summary>
/// <remarks>
/// A setting of an imported file stands in the place of the importing one's. The snapshotter's table is <c>plugins.overlayfs</c> in
/// files of version 1, and has the plugin's whole name from version 2 on, up to 4, the latest; root and state have stayed where they were. Source: containerd-config.toml(5).
/// </remarks>
internal static class ContainerdConfiguration
{
    /// <summary>What a containerd reads that is started without <c>--config</c>.</summary>
    public static readonly BytePath DefaultFile = BytePath.FromText("/etc/containerd/config.toml");

    private const int MostFiles = 64;

    private static readonly BytePath s_added = BytePath.FromText("/etc/containerd/conf.d/*.toml");

    private const string Snapshotter = "io.containerd.snapshotter.v1.overlayfs";

    /// <summary>The places that a file and flags name, the usual ones where they name none.</summary>
    /// <param name="host">The host's root directory.</param>
    /// <param name="file">The configuration file; it need not exist.</param>
    /// <param name="root">The flag <c>--root</c>; empty where it is not given.</param>
    /// <param name="state">The flag <c>--state</c>; empty where it is not given.</param>
    /// <param name="usualRoot">The root directory where neither file nor flag names one; empty for containerd's own.</param>
    /// <param name="usualState">The directory of what does not outlive a reboot, likewise.</param>
    public static StoreLocation Read(RootedDirectory host, BytePath file, BytePath root = default, BytePath state = default, BytePath usualRoot = default, BytePath usualState = default)
    {
        List<TomlProblem> problems = [];
        BytePath home = default;
        BytePath configuredRoot = default;
        BytePath configuredState = default;
        HashSet<BytePath> seen = [];

        // Since 2.2 the configuration that stands in the place of a missing file imports what packages add.
        Queue<BytePath> pending = new(file == DefaultFile && !HasFile(host) ? Expand(host, file, s_added) : [file]);
        while (seen.Count < MostFiles && pending.TryDequeue(out BytePath next))
        {
            if (!seen.Add(next) || TomlSettings.TryRead(host, next, problems) is not { } settings)
                continue;
            configuredRoot = PathOf(settings.Text("root")) ?? configuredRoot;
            configuredState = PathOf(settings.Text("state")) ?? configuredState;
            home = PathOf(settings.Text("plugins", Snapshotter, "root_path")) ?? PathOf(settings.Text("plugins", "overlayfs", "root_path")) ?? home;
            foreach (string import in settings.Texts("imports") ?? [])
            {
                foreach (BytePath imported in Expand(host, next, BytePath.FromText(import)))
                    pending.Enqueue(imported);
            }
        }

        BytePath place = root.IsAbsolute ? root : !configuredRoot.IsEmpty ? configuredRoot : usualRoot.IsEmpty ? ContainerdNames.DefaultRoot : usualRoot;
        return new StoreLocation(LayerStoreKind.ContainerdSnapshots, place)
        {
            DriverHome = home,
            StateDirectory = state.IsAbsolute ? state : !configuredState.IsEmpty ? configuredState : usualState.IsEmpty ? ContainerdNames.DefaultState : usualState,
            Problems = [.. problems.Select(StoreProblem.Of)],
        };
    }

    private static bool HasFile(RootedDirectory host) =>
        DefaultFile.TryGetParent(out BytePath directory) && HostDirectory.List(host, directory, DefaultFile.FileName.Span).Any(name => name.Bytes == DefaultFile.FileName);

    private static BytePath? PathOf(string? text) => text is not null && BytePath.FromText(text) is { IsAbsolute: true } path ? path : null;

    /// <summary>The files of an import: the last name can have one <c>*</c>; without a directory it is beside the importing file.</summary>
    private static IEnumerable<BytePath> Expand(RootedDirectory host, BytePath importing, BytePath import)
    {
        if (!import.IsAbsolute && importing.TryGetParent(out BytePath directory))
            import = directory.Combine(import);
        int star = import.FileName.Span.IndexOf((byte)'*');
        if (star < 0 || !import.TryGetParent(out BytePath folder))
            return [import];

        ByteString before = new(import.FileName.Span[..star]);
        ByteString after = new(import.FileName.Span[(star + 1)..]);
        return HostDirectory.List(host, folder)
            .Where(name => name.Length >= before.Length + after.Length && name.Span.StartsWith(before.Span) && name.Span.EndsWith(after.Span))
            .OrderBy(name => name.Bytes)
            .Select(name => folder.Combine(name));
    }
}
