using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Detection;

/// <summary>Empty layers of one probe, in a directory of their own below the working directory, and the overlay that is mounted of them.</summary>
internal sealed class ProbeStage : IDisposable
{
    private readonly string _home;
    private readonly List<string> _mounted = [];

    public ProbeStage(int number)
    {
        _home = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}");
        MakeDirectory(_home);
        foreach (string name in (ReadOnlySpan<string>)["l0", "l1", "d0", "u", "w", "m", "m2"])
            MakeDirectory(Path(name));
    }

    public string Lower => Path("l0");

    public string Upper => Path("u");

    public string Work => Path("w");

    public string Merged => Path("m");

    public string Path(string name) => $"{_home}/{name}";

    /// <summary>Mounts one lower and the upper, with more options.</summary>
    public Errno Mount(string options = "") =>
        MountAt("m", $"lowerdir={Lower},upperdir={Upper},workdir={Work}{(options.Length > 0 ? "," : "")}{options}");

    /// <summary>Mounts lowers only.</summary>
    public Errno MountReadOnly(string lowers, string options = "") =>
        MountAt("m", $"lowerdir={string.Join(':', lowers.Split(':').Select(l => l.Length > 0 ? Path(l) : l))}{(options.Length > 0 ? "," : "")}{options}");

    public Errno MountAt(string name, string options) => MountType("overlay", name, options);

    public Errno MountTmpfs(string name) => MountType("tmpfs", name, "size=64k");

    /// <summary>Ends a mount, for which no file of it may be open.</summary>
    public Errno Unmount(string name)
    {
        _mounted.Remove(Path(name));
        return LibC.Unmount(Utf8(Path(name)), UnmountFlags.None);
    }

    /// <summary>Whether the mount shows an option; <see langword="null"/> if its options can not be read.</summary>
    public bool? Shows(string option) =>
        LiveMount.TryLoad(BytePath.FromText(Merged), MountFields.SuperOptions, out MountEntry? mount)
            ? mount.SuperOptions.ToString().Split(',').Contains(option, StringComparer.Ordinal)
            : null;

    public static void MakeDirectory(string path) => Ensure(LibC.MakeDirectory(Utf8(path), 0x1ED), path);

    public static void MakeFile(string path, string content = "") => Ensure(Write(path, content), path);

    /// <summary>Opens a file for writing, which copies up a lower one, makes it if there is none, and writes from its start.</summary>
    public static Errno Write(string path, string content)
    {
        bool isOpen = LibC.TryOpenAt(LibC.CurrentDirectory, Utf8(path), OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4, out var opened, out Errno error);
        using var file = opened;
        return isOpen ? LibC.WriteAll(file, Utf8(content)) : error;
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What is known of a name, without following a link at its end.</summary>
    public static bool TryLook(string path, out FileStatus status, out Errno error) =>
        LibC.TryStatx(LibC.CurrentDirectory, Utf8(path), AtFlags.NoFollow, StatusMask.Basic, out status, out error);

    public static Errno OpenTemporary(string directory)
    {
        bool isOpen = LibC.TryOpenAt(
            LibC.CurrentDirectory, Utf8(directory), OpenFlags.Temporary | OpenFlags.ReadWrite, 0x180, out var file, out Errno error);
        file.Dispose();
        return isOpen ? default : error;
    }

    public static bool IsOpaque(string path) =>
        LibC.TryGetExtendedAttribute(Utf8(path), "trusted.overlay.opaque"u8, new byte[8], out _, out _);

    public void Attached(string name) => _mounted.Add(Path(name));

    public void Dispose()
    {
        for (int i = _mounted.Count - 1; i >= 0; i--)
            LibC.Unmount(Utf8(_mounted[i]), UnmountFlags.Detach);
    }

    private Errno MountType(string type, string name, string options)
    {
        Errno error = LibC.Mount(Utf8(type), Utf8(Path(name)), Utf8(type), MountFlags.None, Utf8(options));
        if (!error.IsError)
            _mounted.Add(Path(name));
        return error;
    }

    private static void Ensure(Errno error, string path)
    {
        if (error.IsError)
            throw new KernelProbeException($"{path}: can not be made ({error})");
    }
}
