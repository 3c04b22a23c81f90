using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A mount table with its overlays read, and an index by device.</summary>
internal sealed class MountView
{
    private readonly HashSet<(int Major, int Minor)> _devices = [];

    public MountView(MountTable table)
    {
        Table = table;
        var overlays = ImmutableArray.CreateBuilder<OverlayView>();
        foreach (MountEntry mount in table.Entries)
        {
            _devices.Add((mount.Major, mount.Minor));
            if (mount.IsOverlay)
                overlays.Add(new OverlayView(mount));
        }

        Overlays = overlays.ToImmutable();
    }

    public MountTable Table { get; }

    public ImmutableArray<OverlayView> Overlays { get; }

    /// <summary>Whether a file system is mounted anywhere here.</summary>
    public bool HasDevice(MountEntry mount) => _devices.Contains((mount.Major, mount.Minor));

    /// <summary>Whether two paths name the same place, by their components.</summary>
    public static bool IsSamePlace(BytePath left, BytePath right) => left == right || (left.StartsWith(right) && right.StartsWith(left));

    /// <summary>Whether a mount shows the very directory that it is mounted on: a bind of it on itself.</summary>
    public static bool IsSelfBind(MountEntry mount, MountEntry below) =>
        mount.Major == below.Major && mount.Minor == below.Minor && IsSamePlace(mount.GetRootPath(), PathInFileSystem(below, mount.MountPoint));

    /// <summary>Where in its file system a path at or below a mount point is.</summary>
    public static BytePath PathInFileSystem(MountEntry mount, BytePath path)
    {
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in mount.MountPoint.GetComponents())
            components.MoveNext();
        ReadOnlySpan<byte> rest = path.Span[components.Through.Length..].TrimStart((byte)'/');
        return mount.GetRootPath().Combine(new BytePath(rest));
    }

    /// <summary>A mount in words.</summary>
    public static FindingEvidence Describe(MountEntry mount, string text = "") => new(
        "mountinfo",
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"mount {mount.MountId} ({mount.FileSystemType} {mount.Major}:{mount.Minor}, root {mount.Root}) on {mount.MountPoint}, parent {mount.ParentId}{(text.Length == 0 ? "" : $": {text}")}"));

    public static FindingSubject Subject(MountEntry mount) => new(FindingSubjectKind.Mount, mount.MountPoint) { MountId = mount.MountId };
}
