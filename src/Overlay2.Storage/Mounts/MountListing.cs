using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>The text that the program mount(8) prints, <c>A on B type C (D) [LABEL]</c>: what people paste into a report.</summary>
/// <remarks>
/// <para>It says less than mountinfo, and the entries say so. There are no ids, so that what hides what can only be suspected; no
/// root of a bind mount; no propagation; mount options and super options are one list. mount(8) prints names undecorated, so that
/// some lines can be read in more than one way (<see cref="MountListingEntry.IsAmbiguous"/>), and replaces control bytes in mount
/// points by <c>?</c> (<see cref="MountListingEntry.IsMountPointExact"/>); a newline in a source starts a new line here.</para>
/// <para>Immutable and thread-safe. Source: mount(8) of util-linux 2.38, run on names with blanks, control bytes and parentheses.</para>
/// </remarks>
public sealed class MountListing
{
    private const int MostBadLines = 1000;

    private MountListing(ImmutableArray<MountListingEntry> entries, ImmutableArray<MountListingError> badLines, int badLineCount)
    {
        Entries = entries;
        BadLines = badLines;
        BadLineCount = badLineCount;
    }

    /// <summary>The mounts, in the order of the lines.</summary>
    public ImmutableArray<MountListingEntry> Entries { get; }

    /// <summary>The lines that are no line of mount(8): the first 1,000 of them. Empty lines are passed over.</summary>
    public ImmutableArray<MountListingError> BadLines { get; }

    /// <summary>The number of all bad lines.</summary>
    public int BadLineCount { get; }

    /// <summary>Reads the text, of which a copy is kept.</summary>
    /// <param name="listing">Any bytes.</param>
    public static MountListing Parse(ReadOnlySpan<byte> listing) => Parse((ReadOnlyMemory<byte>)listing.ToArray());

    /// <summary>Reads the text, which is kept without copying it.</summary>
    /// <param name="listing">Any bytes. They must not change as long as the listing is used.</param>
    public static MountListing Parse(ReadOnlyMemory<byte> listing)
    {
        var entries = new List<MountListingEntry>();
        var badLines = ImmutableArray.CreateBuilder<MountListingError>();
        int badLineCount = 0;
        int start = 0;
        for (int lineNumber = 1; start < listing.Length; lineNumber++)
        {
            int length = listing.Span[start..].IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = length < 0 ? listing[start..] : listing.Slice(start, length);
            if (MountListingLine.TryParse(line, lineNumber, out MountListingEntry? entry, out MountListingErrorReason reason))
            {
                entries.Add(entry);
            }
            else if (!line.IsEmpty)
            {
                badLineCount++;
                if (badLines.Count < MostBadLines)
                    badLines.Add(new MountListingError(lineNumber, start, reason));
            }

            start += line.Length + 1;
        }

        SuspectCovers(entries);
        return new MountListing([.. entries], badLines.ToImmutable(), badLineCount);
    }

    /// <summary>Finds for each entry the last of the later ones that is mounted on the same directory or on one above it.</summary>
    private static void SuspectCovers(List<MountListingEntry> entries)
    {
        // From the last line to the first: the index then holds the later lines, and of one path the last of them.
        var later = new ChainedIndex(entries.Count);
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<byte> point = entries[i].MountPoint.Span;
            HashCode hash = default;
            int cover = -1;
            int same = -1;
            var components = new PathComponents(point);
            while (components.MoveNext())
            {
                hash.AddBytes(components.Current);
                hash.Add(components.Current.Length);
                same = Find(later, entries, hash.ToHashCode(), components.Through);
                cover = Math.Max(cover, same);
            }

            // Everything is below "/": only another mount on "/" itself is worth a suspicion.
            if (components.Through.TrimEnd((byte)'/').IsEmpty)
                cover = same = Find(later, entries, hash.ToHashCode(), point);
            if (cover >= 0)
                entries[i] = entries[i].WithSuspectedCover(entries[cover]);
            if (same < 0)
                later.Add(hash.ToHashCode(), i);
        }
    }

    private static int Find(ChainedIndex index, List<MountListingEntry> entries, int hash, ReadOnlySpan<byte> path)
    {
        int i = index.First(hash);
        while (i >= 0 && !MountTree.HasSameComponents(entries[i].MountPoint.Span, path))
            i = index.Next(i);
        return i;
    }
}
