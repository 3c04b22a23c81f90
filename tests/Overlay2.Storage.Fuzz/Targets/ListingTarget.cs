using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The parts of a line of a listing make up the line again; every line is an entry, an error or empty.</summary>
internal static class ListingTarget
{
    private const int MostComparedEntries = 200;

    public static void Run(byte[] input)
    {
        var listing = MountListing.Parse(input);
        var lines = new List<byte[]>();
        foreach (Range line in input.AsSpan().Split((byte)'\n'))
            lines.Add(input[line]);

        if (listing.Entries.Length + listing.BadLineCount != lines.Count(line => line.Length > 0))
            throw new InvalidOperationException("A line is neither an entry nor an error.");

        foreach (MountListingEntry entry in listing.Entries)
            CheckParts(entry, lines[entry.LineNumber - 1]);
        if (listing.Entries.Length <= MostComparedEntries)
            CheckSuspicions(listing);
    }

    private static void CheckParts(MountListingEntry entry, byte[] line)
    {
        byte[] whole =
        [
            .. entry.Source.Span, .. " on "u8, .. entry.MountPoint.Span, .. " type "u8, .. entry.FileSystemType.Span,
            .. " ("u8, .. entry.Options.Span, .. ")"u8,
        ];
        byte[] labelled = [.. whole, .. " ["u8, .. entry.Label.Span, .. "]"u8];
        if (!line.SequenceEqual(labelled) && !(entry.Label.IsEmpty && line.SequenceEqual(whole)))
            throw new InvalidOperationException($"The parts of line {entry.LineNumber} do not make up the line.");
        if (!entry.MountPoint.IsAbsolute || entry.FileSystemType.IsEmpty || entry.FileSystemType.Span.Contains((byte)' '))
            throw new InvalidOperationException($"Line {entry.LineNumber} has a part that can not be.");
    }

    private static void CheckSuspicions(MountListing listing)
    {
        for (int i = 0; i < listing.Entries.Length; i++)
        {
            MountListingEntry entry = listing.Entries[i];
            MountListingEntry? cover = listing.Entries.Skip(i + 1).LastOrDefault(later => Covers(later.MountPoint, entry.MountPoint));
            if (entry.SuspectedHiddenBy?.LineNumber != cover?.LineNumber)
                throw new InvalidOperationException($"Line {entry.LineNumber} may be hidden by {cover?.LineNumber}, not by {entry.SuspectedHiddenBy?.LineNumber}.");
        }
    }

    private static bool Covers(BytePath later, BytePath path) =>
        path.StartsWith(later) && (HasComponents(later) || !HasComponents(path));

    private static bool HasComponents(BytePath path) => path.GetComponents().MoveNext();
}
