using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Snapshots;

/// <summary>Looks through the files of containers' layers for marks of overlayfs and for files that cannot be removed.</summary>
/// <remarks>No link is followed, no mount below a layer is entered, and each layer costs at most a fixed number of entries.</remarks>
internal sealed class UpperScanner(IFileTree tree, int maxEntries, CancellationToken cancellationToken)
{
    private static readonly (UpperMarkKind Kind, ByteString Name)[] s_marks =
    [
        (UpperMarkKind.Redirect, ByteString.FromText("trusted.overlay.redirect")),
        (UpperMarkKind.Redirect, ByteString.FromText("user.overlay.redirect")),
        (UpperMarkKind.Metacopy, ByteString.FromText("trusted.overlay.metacopy")),
        (UpperMarkKind.Metacopy, ByteString.FromText("user.overlay.metacopy")),
    ];

    /// <summary>Scans the layers that the store names: of all containers, or only of those whose removal was begun and did not end.</summary>
    public ImmutableArray<UpperScan> Scan(ILayerStore store, bool all) =>
        [.. store.FindScannedLayers(all).Select(layer => Scan(layer.DiffPath, new BytePath(layer.DiffPath.Span[store.DataRoot.Length..].TrimStart((byte)'/'))))];

    private UpperScan Scan(BytePath onHost, BytePath diff)
    {
        List<UpperMark> marks = [];
        int count = 0;
        bool isComplete = tree.TryGetStatus(diff, out FileTreeStatus root, out _);
        AddFlags(marks, default, root);
        var pending = new Queue<BytePath>();
        pending.Enqueue(default);
        while (pending.TryDequeue(out BytePath directory) && count < maxEntries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            isComplete &= tree.TryList(diff.Combine(directory), maxEntries, out IReadOnlyList<FileTreeEntry> entries, out _);
            foreach (FileTreeEntry entry in entries)
            {
                BytePath path = directory.Combine(new BytePath(entry.Name));
                if (count++ >= maxEntries || !tree.TryGetStatus(diff.Combine(path), out FileTreeStatus status, out _))
                {
                    isComplete = false;
                    continue;
                }

                if (status.MountId != root.MountId)
                    continue;
                AddFlags(marks, path, status);
                if (entry.Type is StoreEntryType.Directory or StoreEntryType.RegularFile)
                    isComplete &= TryAddAttributes(marks, path, diff.Combine(path));
                if (entry.Type == StoreEntryType.Directory)
                    pending.Enqueue(path);
            }
        }

        marks.Sort((left, right) => left.Path.CompareTo(right.Path));
        return new UpperScan { Directory = onHost, Marks = [.. marks], IsComplete = isComplete && pending.Count == 0 };
    }

    private static void AddFlags(List<UpperMark> marks, BytePath path, FileTreeStatus status)
    {
        if (status.IsImmutable == true)
            marks.Add(new UpperMark(path, UpperMarkKind.Immutable, default));
        if (status.IsAppendOnly == true)
            marks.Add(new UpperMark(path, UpperMarkKind.AppendOnly, default));
    }

    /// <summary>The attributes are those of overlays mounted with privileges, or by users (userxattr). The former need CAP_SYS_ADMIN to be seen.</summary>
    private bool TryAddAttributes(List<UpperMark> marks, BytePath path, BytePath file)
    {
        bool isRead = true;
        foreach ((UpperMarkKind kind, ByteString name) in s_marks)
        {
            // A metacopy attribute may have no value: the interface tells no difference between none and an empty one.
            if (!tree.TryGetExtendedAttribute(file, name, out ByteString? value, out _))
                isRead = false;
            else if (value is { } found)
                marks.Add(new UpperMark(path, kind, found));
        }

        return isRead;
    }
}
