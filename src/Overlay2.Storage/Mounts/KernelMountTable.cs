using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>The mount table by listmount(2) and statmount(2); by the text where the kernel does not answer them.</summary>
internal sealed class KernelMountTable : MountTableSource
{
    private const int FirstIdCount = 512;

    private readonly string _process;
    private readonly bool _isSelf;
    private readonly MountInfoFile _text;

    /// <param name="process">The directory of /proc.</param>
    /// <param name="isSelf">Whether it is the calling thread's own.</param>
    public KernelMountTable(string process, bool isSelf)
    {
        _process = process;
        _isSelf = isSelf;
        _text = new MountInfoFile(BytePath.FromText(process + "/mountinfo"), isOfProcess: true);
    }

    public static KernelMountTable OfProcess(int processId) =>
        new(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"), isSelf: false);

    public override string ToString() => $"listmount of {_process}";

    internal override MountInfoFile Text => _text;

    /// <summary>Whether an error says that the calls are not to be had here, so that the text has to do.</summary>
    /// <remarks>System call filters answer EPERM or ENOSYS; a foreign namespace without privilege is ENOENT or EPERM; before Linux
    /// 6.11 there is no id of a foreign namespace (ENOTTY), and the field for it is EINVAL or E2BIG.</remarks>
    internal static bool IsNotAvailable(Errno error) =>
        error == Errno.ENOSYS || error == Errno.EPERM || error == Errno.EACCES || error == Errno.ENOTTY || error == Errno.EINVAL
        || error == Errno.E2BIG || error == Errno.ENOENT || error == Errno.EOPNOTSUPP;

    internal override MountTable Load(MountTableLoadOptions options, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return _text.Load(options, cancellationToken);
        if (!options.Strict)
            return TryLoad(options, cancellationToken) ?? _text.Load(options, cancellationToken);

        using SafeFileHandle file = _text.Open();
        return _text.ReadUnchanged(file, options, _ => TryLoad(options, cancellationToken)) ?? _text.Load(options, cancellationToken);
    }

    private MountTable? TryLoad(MountTableLoadOptions options, CancellationToken cancellationToken)
    {
        ulong namespaceId = 0;
        return _isSelf || TryGetNamespaceId(out namespaceId) ? TryLoad(namespaceId, _text, options, cancellationToken) : null;
    }

    /// <summary>The table of a namespace; <see langword="null"/> where the kernel does not answer for it.</summary>
    /// <param name="namespaceId">The namespace; 0 for the caller's own.</param>
    /// <param name="text">Where the text is, to be named in errors.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the load between two mounts.</param>
    internal static MountTable? TryLoad(
        ulong namespaceId, MountInfoFile text, MountTableLoadOptions options, CancellationToken cancellationToken)
    {
        if (!TryListIds(namespaceId, text, out ulong[] ids, out int count))
            return null;

        var reader = new KernelMountReader(namespaceId, options.Fields, options.MaxBytes);
        var entries = new List<MountEntry>(count);
        foreach (ulong id in ids.AsSpan(0, count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.TryRead(id, entries.Count, out MountEntry? entry, out Errno error))
                entries.Add(entry);
            else if (error == Errno.EFBIG)
                throw text.TooLarge(options);
            else if (error != Errno.ENOENT)
                return IsNotAvailable(error) ? null : throw text.Failed(error);
        }

        // A root that the kernel lists has all parts; an empty table is no answer.
        return entries.Count > 0 && reader.IsComplete ? MountTable.FromEntries(CollectionsMarshal.AsSpan(entries).ToArray()) : null;
    }

    private bool TryGetNamespaceId(out ulong id)
    {
        id = 0;
        bool isOpen = LibC.TryOpen(System.Text.Encoding.ASCII.GetBytes(_process + "/ns/mnt"), OpenFlags.ReadOnly, out SafeFileHandle opened, out _);
        using SafeFileHandle file = opened;
        return isOpen && LibC.TryGetMountNamespaceId(file, out id, out _);
    }

    private static bool TryListIds(ulong namespaceId, MountInfoFile text, out ulong[] ids, out int count)
    {
        ids = new ulong[FirstIdCount];
        count = 0;
        while (true)
        {
            ulong last = count == 0 ? 0 : ids[count - 1];
            if (!LibC.TryListMounts(namespaceId, last, ids.AsSpan(count), out int added, out Errno error))
                return IsNotAvailable(error) ? false : throw text.Failed(error);
            count += added;
            if (count < ids.Length)
                return true;
            Array.Resize(ref ids, ids.Length * 2);
        }
    }
}
