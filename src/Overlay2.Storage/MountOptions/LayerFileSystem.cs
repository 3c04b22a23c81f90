namespace Overlay2.Storage.MountOptions;

/// <summary>What overlayfs needs to know of a file system that holds layers.</summary>
/// <remarks>Two layers are on one file system if their <see cref="Id"/> is equal. Immutable, thread-safe.</remarks>
public sealed record LayerFileSystem
{
    /// <summary>The identity of the mounted file system, such as its device number; only compared.</summary>
    public required ulong Id { get; init; }

    /// <summary>The type, as in /proc/filesystems; empty if not known.</summary>
    public string Type { get; init; } = "";

    /// <summary>How many overlays are stacked in it: 0 for any other file system, 1 for an overlay on such.</summary>
    public int OverlayDepth { get; init; }

    /// <summary>Whether the file system or its mount is read-only.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether files can be found again by handle (name_to_handle_at(2)).</summary>
    public bool HasFileHandles { get; init; } = true;

    /// <summary>Whether the file system has a UUID of its own; an overlay has one only with <c>uuid=on</c>.</summary>
    public bool HasUuid { get; init; } = true;

    /// <summary>Whether <c>trusted.*</c> attributes can be set.</summary>
    public bool HasTrustedXattr { get; init; } = true;

    /// <summary>Whether <c>user.*</c> attributes can be set on directories.</summary>
    public bool HasUserXattr { get; init; } = true;
}
