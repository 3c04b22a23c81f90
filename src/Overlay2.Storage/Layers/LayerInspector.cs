using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Layers;

/// <summary>Looks at the directories that overlay options name, for <see cref="EffectiveOptions.Resolve(OverlayMountOptions, Kernel.KernelProfile, LayerLayout)"/>; changes nothing.</summary>
/// <remarks>Relative paths are looked up from the working directory. What a caller may not see counts as not there. Whether one layer is
/// inside another is seen within one mount, not across bind mounts. Thread-safe.</remarks>
public static class LayerInspector
{
    private const int MaxDepth = 4096;

    /// <summary>How deep overlays on overlays are followed; the kernel stops at two.</summary>
    private const int MaxOverlayDepth = 3;

    /// <summary>Looks at every directory of the options.</summary>
    /// <param name="options">The options; layers that a later option replaces are looked at too.</param>
    /// <param name="mounts">The mounts of this process: they tell file system types and which directories are in use.</param>
    public static LayerLayout Inspect(OverlayMountOptions options, MountTable mounts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(mounts);
        HashSet<(ulong Device, ulong Inode)> inUse = FindInUse(mounts);
        var layout = new LayerLayout();
        var seen = new HashSet<BytePath>();
        foreach (LayerPath layer in options.AllLayers)
        {
            if (seen.Add(layer.Path) && TryInspect(layer.Path, mounts, inUse, out LayerDirectory? directory))
                layout = layout.With(layer.Path, directory!);
        }

        return options.Upper is { } upper && layout.Directories.ContainsKey(upper.Path) ? CompareOrigins(options, upper.Path, layout) : layout;
    }

    /// <summary>Marks hold file handles: that of the upper root the lower layer that was on top, that of the index its upper.</summary>
    private static LayerLayout CompareOrigins(OverlayMountOptions options, BytePath upper, LayerLayout layout)
    {
        ReadOnlySpan<byte> prefix = options.TryGet("userxattr"u8, out _) ? "user.overlay."u8 : "trusted.overlay."u8;

        // With uuid=off, which needs all layers on one file system, handles are written without the UUID of theirs.
        bool hasUuid = !options.TryGet("uuid"u8, out OverlayOption uuid) || uuid.Value is not { } mode || !mode.Span.SequenceEqual("off"u8)
            || options.Layers.Where(layer => layer.Role == LayerRole.Lower).Select(layer => layer.Path).Append(upper)
                .Select(path => layout.Directories.GetValueOrDefault(path)?.FileSystem.Id).Distinct().Count() > 1;
        if (options.Layers is [{ Path: var top }, ..])
            layout = layout.With(upper, layout.Directories[upper] with { IsOriginTopLower = !NamesAnother(upper, [.. prefix, .. "origin"u8], top, hasUuid) });
        if (options.Work is { Path: var work } && layout.Directories.TryGetValue(work, out LayerDirectory? directory) && directory.HasIndex)
        {
            BytePath index = work.Combine(new BytePath("index"u8));
            bool isOther = NamesAnother(index, [.. prefix, .. "upper"u8], upper, hasUuid) || NamesAnother(index, [.. prefix, .. "origin"u8], upper, hasUuid);
            layout = layout.With(work, directory with { IsIndexOfUpper = !isOther });
        }

        return layout;
    }

    private static bool TryInspect(BytePath path, MountTable mounts, HashSet<(ulong, ulong)> inUse, out LayerDirectory? directory)
    {
        directory = null;
        if (path.IsEmpty || !LibC.TryOpen(path.Span, OpenFlags.Path, out SafeFileHandle file, out _))
            return false;
        using (file)
        {
            if (!LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out _))
                return false;
            LayerFileSystem fileSystem = FileSystem(status, mounts) with
            {
                HasFileHandles = LibC.TryGetFileHandle(path.Span, out _, out _, out Errno error) || error == Errno.EPERM,
            };
            directory = status.IsDirectory
                ? new LayerDirectory
                {
                    FileSystem = fileSystem,
                    Ancestry = Ancestry(file, status),
                    IsInUse = inUse.Contains((Device(status), status.Inode)),
                    Marks = Marks(path),
                    HasVolatileMarker = Exists(path.Combine(new BytePath("work/incompat/volatile"u8))),
                    HasIndex = Exists(path.Combine(new BytePath("index"u8))),
                }
                : new LayerDirectory { FileSystem = fileSystem, IsDirectory = false };
            return true;
        }
    }

    private static LayerFileSystem FileSystem(FileStatus status, MountTable mounts)
    {
        var fileSystem = new LayerFileSystem { Id = Device(status) };
        if (!mounts.TryGet((int)status.MountId, out MountEntry? mount))
            return fileSystem;
        return fileSystem with
        {
            Type = mount.FileSystemType.ToString(),
            IsReadOnly = IsReadOnly(mount),
            OverlayDepth = OverlayDepth(mount, mounts, MaxOverlayDepth),
            HasUuid = !mount.IsOverlay || HasFlag(mount.SuperOptions, "uuid=on"u8),
        };
    }

    /// <summary>Whether a mount or its file system is read-only.</summary>
    internal static bool IsReadOnly(MountEntry mount) => HasFlag(mount.Options, "ro"u8) || HasFlag(mount.SuperOptions, "ro"u8);

    private static int OverlayDepth(MountEntry mount, MountTable mounts, int limit)
    {
        if (!mount.IsOverlay || limit == 0)
            return 0;
        int below = 0;
        foreach (LayerPath layer in OverlayMountOptions.Parse(mount.SuperOptions.Span).AllLayers)
        {
            if (LibC.TryStatx(LibC.CurrentDirectory, layer.Path.Span, 0, StatusMask.MountId, out FileStatus status, out _)
                && mounts.TryGet((int)status.MountId, out MountEntry? lower) && lower != mount)
            {
                below = Math.Max(below, OverlayDepth(lower, mounts, limit - 1));
            }
        }

        return below + 1;
    }

    private static HashSet<(ulong Device, ulong Inode)> FindInUse(MountTable mounts)
    {
        var inUse = new HashSet<(ulong, ulong)>();
        foreach (MountEntry mount in mounts.Entries)
        {
            if (!mount.IsOverlay)
                continue;
            OverlayMountOptions options = OverlayMountOptions.Parse(mount.SuperOptions.Span);
            foreach (LayerPath? layer in (ReadOnlySpan<LayerPath?>)[options.Upper, options.Work])
            {
                if (layer is { Path: { IsAbsolute: true } path } && LibC.TryStatx(LibC.CurrentDirectory, path.Span, 0, StatusMask.Basic, out FileStatus status, out _))
                    inUse.Add((Device(status), status.Inode));
            }
        }

        return inUse;
    }

    /// <summary>The inodes from the directory up to the root of its mount.</summary>
    private static ImmutableArray<ulong> Ancestry(SafeFileHandle directory, FileStatus status)
    {
        var inodes = ImmutableArray.CreateBuilder<ulong>();
        inodes.Add(status.Inode);
        SafeFileHandle at = directory;
        while (inodes.Count < MaxDepth && LibC.TryOpenAt(at, ".."u8, OpenFlags.Path, out SafeFileHandle parent, out _))
        {
            if (at != directory)
                at.Dispose();
            at = parent;
            if (!LibC.TryStatx(parent, StatusMask.Basic | StatusMask.MountId, out FileStatus above, out _)
                || above.MountId != status.MountId || above.Inode == inodes[^1])
            {
                break;
            }

            inodes.Add(above.Inode);
        }

        if (at != directory)
            at.Dispose();
        return inodes.ToImmutable();
    }

    private static ImmutableArray<ByteString> Marks(BytePath path)
    {
        if (!LibC.TryOpen(path.Span, OpenFlags.ReadOnly | OpenFlags.NonBlock, out SafeFileHandle file, out _))
            return [];
        using (file)
        {
            if (!LibC.TryListExtendedAttributes(file, out byte[] names, out _))
                return [];
            var marks = ImmutableArray.CreateBuilder<ByteString>();
            foreach (Range range in names.AsSpan().Split((byte)0))
            {
                ReadOnlySpan<byte> name = names.AsSpan(range);
                if (name.StartsWith("trusted.overlay."u8) || name.StartsWith("user.overlay."u8))
                    marks.Add(new ByteString(name));
            }

            return marks.ToImmutable();
        }
    }

    /// <summary>Whether a mark of a directory holds another file handle than a mount with these options writes for that directory.</summary>
    private static bool NamesAnother(BytePath directory, ReadOnlySpan<byte> mark, BytePath other, bool hasUuid)
    {
        // Version, magic, length, flags and handle type, a byte each; the UUID of the file system; the handle.
        const int TypeOffset = 4;
        const int UuidOffset = 5;
        const int UuidLength = 16;
        const int HandleOffset = UuidOffset + UuidLength;
        if (!LibC.TryOpen(directory.Span, OpenFlags.ReadOnly | OpenFlags.NonBlock, out SafeFileHandle file, out _))
            return false;
        using (file)
        {
            if (!LibC.TryGetExtendedAttribute(file, mark, out byte[] value, out _) || value.Length < HandleOffset)
                return false;
            if (LibC.TryGetFileHandle(other.Span, out int type, out byte[] handle, out _)
                && (value[TypeOffset] != type || !value.AsSpan(HandleOffset).SequenceEqual(handle)))
            {
                return true;
            }

            // Kernels before 6.9 do not tell the UUID: nothing is said of it then.
            return TryGetUuid(other, out byte[] uuid) && !value.AsSpan(UuidOffset, UuidLength).SequenceEqual(hasUuid ? uuid : new byte[UuidLength]);
        }
    }

    private static bool TryGetUuid(BytePath directory, out byte[] uuid)
    {
        uuid = [];
        if (!LibC.TryOpen(directory.Span, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.Directory, out SafeFileHandle file, out _))
            return false;
        using (file)
            return LibC.TryGetFileSystemUuid(file, out uuid, out _);
    }

    private static bool Exists(BytePath path) =>
        LibC.TryStatx(LibC.CurrentDirectory, path.Span, AtFlags.NoFollow, StatusMask.Basic, out _, out _);

    private static ulong Device(FileStatus status) => ((ulong)status.DeviceMajor << 32) | status.DeviceMinor;

    private static bool HasFlag(ByteString options, ReadOnlySpan<byte> flag)
    {
        foreach (Range range in options.Span.Split((byte)','))
        {
            if (options.Span[range].SequenceEqual(flag))
                return true;
        }

        return false;
    }
}
