using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>The mount table of one namespace, with the open files that tell when it changes. Used by one thread at a time.</summary>
/// <remarks>
/// The text is the base: it works everywhere, and its open file shows one namespace and root directory whoever reads it. If the
/// kernel's own answers are the same table, they are used instead, and then only the mounts that fanotify(7) names are asked for.
/// </remarks>
internal sealed class WatchedTable : IDisposable
{
    private readonly MountInfoFile _source;
    private readonly MountTableLoadOptions _options = MountTableLoadOptions.Default;
    private readonly byte[] _events = new byte[1 << 12];
    private readonly HashSet<ulong> _touched = [];
    private readonly ulong _namespaceId;

    public WatchedTable(MountInfoFile source, bool textOnly)
    {
        _source = source;
        TextFile = source.Open();
        try
        {
            // What happened before the poll is in the table that is read after it; what happens later is announced.
            source.PollChange(TextFile);
            Table = ReadText();
            if (textOnly || !TryOpenNamespace(out SafeFileHandle? mountNamespace))
                return;

            using (mountNamespace)
            {
                if (!LibC.TryGetMountNamespaceId(mountNamespace, out ulong id, out _) || ReadKernel(id) is not { } table || !IsSame(Table, table))
                    return;
                Table = table;
                _namespaceId = id;
                if (LibC.TryOpenMountEvents(mountNamespace, out SafeFileHandle events, out _))
                    EventFile = events;
            }

            // The marks are set only now: what happened since the first poll is announced by the text file too.
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Says by POLLPRI that something changed.</summary>
    public SafeFileHandle TextFile { get; }

    /// <summary>Names the mounts that came, went or moved; <see langword="null"/> where the kernel does not.</summary>
    public SafeFileHandle? EventFile { get; }

    public MountTable Table { get; private set; }

    /// <summary>Whether the last <see cref="Update"/> only followed events: a remount beside them would not have been noticed.</summary>
    public bool HasOnlyFollowed { get; private set; }

    /// <summary>Follows what was announced since the last call.</summary>
    /// <param name="isFull">Whether to read everything, whatever was announced.</param>
    public void Update(bool isFull)
    {
        // In this order: what happens in between is announced once more, and looked for again.
        _source.PollChange(TextFile);
        bool isOverflow = TakeEvents();
        if (!isFull && !isOverflow && _touched.Count > 0 && TryFollow())
        {
            HasOnlyFollowed = true;
            return;
        }

        Table = (_namespaceId != 0 ? ReadKernel(_namespaceId) : null) ?? ReadText();
        HasOnlyFollowed = false;
    }

    public void Dispose()
    {
        TextFile.Dispose();
        EventFile?.Dispose();
    }

    private bool TryOpenNamespace([NotNullWhen(true)] out SafeFileHandle? file)
    {
        file = null;
        return !_source.NamespacePath.IsEmpty && LibC.TryOpen(_source.NamespacePath.Span, OpenFlags.ReadOnly, out file, out _);
    }

    /// <summary>Collects the mounts that events name; whether events were dropped.</summary>
    private bool TakeEvents()
    {
        _touched.Clear();
        bool isOverflow = false;
        while (EventFile is not null && LibC.TryRead(EventFile, _events, out int length, out _) && length > 0)
        {
            var events = new MountEvents(_events.AsSpan(0, length));
            while (events.MoveNext())
            {
                isOverflow |= events.IsOverflow;
                if (events.UniqueId != 0)
                    _touched.Add(events.UniqueId);
            }
        }

        return isOverflow;
    }

    /// <summary>Asks for the touched mounts only. A mount that moved takes the paths of others with it: then this is not enough.</summary>
    private bool TryFollow()
    {
        var reader = new KernelMountReader(_namespaceId, MountFields.All, _options.MaxBytes);
        var entries = new List<MountEntry>(Table.Entries.Length + _touched.Count);
        foreach (MountEntry entry in Table.Entries)
        {
            if (!_touched.Remove(entry.UniqueId))
                entries.Add(entry.At(entries.Count));
            else if (reader.TryRead(entry.UniqueId, 0, out _, out Errno error) || error != Errno.ENOENT)
                return false;
        }

        // Ids ascend, and the kernel lists mounts by id, so what is new comes last.
        foreach (ulong id in _touched.Order())
        {
            if (reader.TryRead(id, entries.Count, out MountEntry? entry, out Errno error))
                entries.Add(entry);
            else if (error != Errno.ENOENT)
                return false;
        }

        Table = MountTable.FromEntries([.. entries]);
        return true;
    }

    private MountTable? ReadKernel(ulong namespaceId) =>
        KernelMountTable.TryLoad(namespaceId, _source, _options, CancellationToken.None);

    private MountTable ReadText()
    {
        if (!LibC.TryRewind(TextFile, out Errno error))
            throw _source.Failed(error);
        return MountTable.Parse(_source.ReadToEnd(TextFile, _options, CancellationToken.None), lenient: true);
    }

    private static bool IsSame(MountTable text, MountTable kernel)
    {
        if (text.Entries.Length != kernel.Entries.Length)
            return false;
        for (int i = 0; i < text.Entries.Length; i++)
        {
            MountEntry left = text.Entries[i];
            MountEntry right = kernel.Entries[i];
            if (left.MountId != right.MountId || left.MountPoint != right.MountPoint || left.Options != right.Options
                || left.FileSystemType != right.FileSystemType || left.SuperOptions != right.SuperOptions)
                return false;
        }

        return true;
    }
}
