using System.Collections.Immutable;

namespace Overlay2.Storage.Mounts;

/// <content>Reading a text.</content>
public sealed partial class MountTable
{
    /// <summary>More bad lines than this are only counted, so that junk does not fill the memory.</summary>
    private const int MostBadLines = 1000;

    /// <summary>The mounts of a mountinfo text, of which a copy is kept.</summary>
    /// <param name="mountInfo">The text; see <see cref="MountInfoReader"/>.</param>
    /// <exception cref="MountInfoFormatException">A line is bad.</exception>
    public static MountTable Parse(ReadOnlySpan<byte> mountInfo) => Parse((ReadOnlyMemory<byte>)mountInfo.ToArray());

    /// <summary>The mounts of a mountinfo text, which is kept without copying it.</summary>
    /// <param name="mountInfo">The text; see <see cref="MountInfoReader"/>. It must not change as long as the table is used.</param>
    /// <exception cref="MountInfoFormatException">A line is bad.</exception>
    public static MountTable Parse(ReadOnlyMemory<byte> mountInfo) => Parse(mountInfo, lenient: false);

    /// <summary>The mounts of a mountinfo text, of which a copy is kept; bad lines are left out and listed in <see cref="BadLines"/>.</summary>
    /// <param name="mountInfo">Any bytes.</param>
    public static MountTable ParseLenient(ReadOnlySpan<byte> mountInfo) => ParseLenient((ReadOnlyMemory<byte>)mountInfo.ToArray());

    /// <summary>The mounts of a mountinfo text, which is kept without copying it; bad lines are left out and listed in
    /// <see cref="BadLines"/>.</summary>
    /// <param name="mountInfo">Any bytes. They must not change as long as the table is used.</param>
    public static MountTable ParseLenient(ReadOnlyMemory<byte> mountInfo) => Parse(mountInfo, lenient: true);

    internal static MountTable Parse(ReadOnlyMemory<byte> mountInfo, bool lenient)
    {
        var entries = new List<MountEntry>();
        var mountPointHashes = new List<int>();
        var badLines = ImmutableArray.CreateBuilder<MountInfoError>();
        int badLineCount = 0;
        MountInfoReader reader = new(mountInfo.Span);
        long lineNumber = 0;
        MountInfoStatus status;
        while ((status = reader.TryRead()) != MountInfoStatus.End)
        {
            lineNumber++;
            MountInfoError error = reader.Error;
            if (status == MountInfoStatus.Entry
                && MountEntry.TryCreate(reader, mountInfo, entries.Count, lineNumber, out MountEntry? entry, out error))
            {
                entries.Add(entry);
                mountPointHashes.Add(MountTree.HashPath(entry.MountPoint.Span));
                continue;
            }

            if (!lenient)
                throw new MountInfoFormatException(error);
            badLineCount++;
            if (badLines.Count < MostBadLines)
                badLines.Add(error);
        }

        return new MountTable(entries.ToArray(), mountPointHashes.ToArray(), badLines.ToImmutable(), badLineCount);
    }

    /// <summary>The same table, said to have had these bad lines.</summary>
    internal MountTable WithBadLines(ImmutableArray<MountInfoError> badLines, int count) =>
        new(_entries, Array.ConvertAll(_entries, entry => MountTree.HashPath(entry.MountPoint.Span)), badLines, count);

    /// <summary>A table of entries whose indexes are their places.</summary>
    internal static MountTable FromEntries(MountEntry[] entries) =>
        new(entries, Array.ConvertAll(entries, entry => MountTree.HashPath(entry.MountPoint.Span)), [], badLineCount: 0);
}
