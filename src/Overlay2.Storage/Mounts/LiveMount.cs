using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>Looks at one mount of the calling thread without reading the whole table.</summary>
/// <remarks>Thread-safe; each call asks the kernel anew. On kernels without statmount(2) (before 6.8; all fields from 6.13) it reads
/// the text of the table after all, and looks the mount up there.</remarks>
public static class LiveMount
{
    /// <summary>The unique id of the mount that a path leads to (statx(2), Linux 6.8).</summary>
    /// <param name="path">A path; symbolic links in it are followed.</param>
    /// <param name="uniqueId">The id.</param>
    /// <returns><see langword="false"/> if the path does not exist or can not be walked, or the kernel does not know such ids.</returns>
    public static bool TryGetUniqueId(BytePath path, out ulong uniqueId)
    {
        bool isKnown = LibC.TryStatx(LibC.CurrentDirectory, path.Span, AtFlags.NoAutomount, StatusMask.UniqueMountId, out FileStatus status, out _)
            && (status.Mask & StatusMask.UniqueMountId) != 0;
        uniqueId = isKnown ? status.MountId : 0;
        return isKnown;
    }

    /// <summary>The mount of a unique id.</summary>
    /// <param name="uniqueId">The id, as in <see cref="MountEntry.UniqueId"/>.</param>
    /// <param name="fields">What is asked for; the others are empty.</param>
    /// <param name="mount">The mount; it belongs to no table.</param>
    /// <returns><see langword="false"/> if the mount is gone, not of this mount namespace, or the kernel does not tell all that is asked for.</returns>
    public static bool TryLoad(ulong uniqueId, MountFields fields, [NotNullWhen(true)] out MountEntry? mount)
    {
        var reader = new KernelMountReader(namespaceId: 0, fields, MountTableLoadOptions.Default.MaxBytes);
        return reader.TryRead(uniqueId, index: -1, out mount, out _) && reader.IsComplete;
    }

    /// <summary>The mount that a path leads to.</summary>
    /// <param name="path">A path; symbolic links in it are followed.</param>
    /// <param name="fields">What is asked for; the others are empty.</param>
    /// <param name="mount">The mount; it belongs to no table that the caller has.</param>
    /// <returns><see langword="false"/> if the path does not exist or can not be walked, or its mount is not in the table.</returns>
    /// <exception cref="MountTableException">The table had to be read, and could not be.</exception>
    public static bool TryLoad(BytePath path, MountFields fields, [NotNullWhen(true)] out MountEntry? mount)
    {
        if (TryGetUniqueId(path, out ulong uniqueId) && TryLoad(uniqueId, fields, out mount))
            return true;

        mount = null;
        if (!TryGetId(path, out int mountId))
            return false;
        return MountTable.Load(MountTableSource.Self).TryGet(mountId, out mount);
    }

    /// <summary>By statx(2) from Linux 5.8, before by what /proc says of an open file.</summary>
    private static bool TryGetId(BytePath path, out int mountId)
    {
        mountId = 0;
        if (!LibC.TryOpen(path.Span, OpenFlags.Path, out var opened, out _))
            return false;
        using var file = opened;
        if (LibC.TryStatx(file, StatusMask.MountId, out FileStatus status, out _) && (status.Mask & StatusMask.MountId) != 0)
        {
            mountId = (int)status.MountId;
            return true;
        }

        string info = string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fdinfo/{file.DangerousGetHandle()}");
        if (!BoundedFile.TryRead(Encoding.ASCII.GetBytes(info), maxLength: 4096, out byte[] content, out _))
            return false;
        foreach (ReadOnlySpan<char> line in Encoding.ASCII.GetString(content).AsSpan().EnumerateLines())
        {
            if (line.StartsWith("mnt_id:"))
                return int.TryParse(line["mnt_id:".Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out mountId);
        }

        return false;
    }
}
