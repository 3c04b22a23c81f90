namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>The home of an overlay driver as an engine lays it out, on a file system of its own, with overlays that are mounted in it.</summary>
internal sealed class DriverHome
{
    public const string LayerA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string LayerB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    public const string LayerC = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

    private const int UuidLength = 16;

    private readonly string _base;

    /// <param name="disk">An empty file system.</param>
    public DriverHome(string disk)
    {
        Path = $"{disk}/docker/overlay2";
        _base = $"{Path}/base/diff";
        Directory.CreateDirectory(_base);
        File.WriteAllText($"{_base}/data", "data of an image\n");
    }

    public string Path { get; }

    public string Merged(string layer) => $"{Path}/{layer}/merged";

    /// <summary>Mounts a layer, as an engine does for a container.</summary>
    public void Overlay(string layer)
    {
        foreach (string part in (ReadOnlySpan<string>)["diff", "work", "merged"])
            Directory.CreateDirectory($"{Path}/{layer}/{part}");
        File.WriteAllText($"{Path}/{layer}/diff/written", $"data of {layer}\n");

        // The kernel would give each its own by chance, and what is built twice would not be the same.
        Native.SetAttribute($"{Path}/{layer}/diff", "trusted.overlay.uuid", System.Text.Encoding.ASCII.GetBytes(layer[..UuidLength]));
        Native.Mount("overlay", Merged(layer), "overlay", $"lowerdir={_base},upperdir={Path}/{layer}/diff,workdir={Path}/{layer}/work");
    }
}
