using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.OverlayDriver;

internal abstract partial class OverlayDriverReader
{
    private const int MaxOtherEntries = 64;

    /// <summary>Whether the engine reads a layer's file <c>lower-layers</c>.</summary>
    protected virtual bool HasLowerLayers => false;

    protected DriverHomeStatus ReadHomeStatus()
    {
        if (tree.TryGetStatus(driverHome, out FileTreeStatus status, out StoreProblem? problem))
            return DriverHomeStatus.Of(status, Options.KnowsMountIds);
        ReportUnlessMissing(problem);
        return DriverHomeStatus.Unread(problem);
    }

    protected StoreQuarantine ReadQuarantine() => QuarantineReader.Read(tree, StoreQuarantine.DirectoryOf(driverHome), Options.MaxDirectoryEntries, Report);

    protected (List<OverlayDriverLayer> Layers, List<ByteString> Others, StoreEntryType LinkDirectory) ReadDriverHome(StoreEntryType home)
    {
        List<OverlayDriverLayer> layers = [];
        List<ByteString> others = [];
        StoreEntryType linkDirectory = home is StoreEntryType.Directory or StoreEntryType.Missing ? StoreEntryType.Missing : StoreEntryType.Unknown;
        foreach (FileTreeEntry entry in List(tree, driverHome))
        {
            if (entry.Name == OverlayDriverNames.Links.Bytes)
                linkDirectory = entry.Type;
            else if (entry.Type == StoreEntryType.Directory && ReadLayer(entry.Name) is { } layer)
                layers.Add(layer);
            else
                others.Add(entry.Name);
        }

        return (layers, others, linkDirectory);
    }

    /// <returns>None for a directory that has neither a layer's name nor any part of one, such as <c>lost+found</c>.</returns>
    private OverlayDriverLayer? ReadLayer(ByteString id)
    {
        BytePath directory = driverHome.Combine(new BytePath(id));
        bool hasLayerId = OverlayDriverNames.IsLayerId(id.Span);
        tree.TryGetStatus(directory, out FileTreeStatus status, out _);
        StoreFile link = StoreFile.Missing;
        StoreFile lower = StoreFile.Missing;
        StoreFile lowerLayers = StoreFile.Missing;
        StoreEntryType diff = StoreEntryType.Missing;
        StoreEntryType work = StoreEntryType.Missing;
        StoreEntryType merged = StoreEntryType.Missing;
        bool isCommitted = false;
        WorkDirectoryContent workContent = WorkDirectoryContent.Empty;
        List<ByteString> others = [];
        if (!tree.TryList(directory, Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem))
        {
            Report(problem);
            link = lower = StoreFile.Unreadable(problem);
            diff = work = merged = StoreEntryType.Unknown;
            return hasLayerId ? Layer() : null;
        }

        CancellationToken.ThrowIfCancellationRequested();
        foreach (FileTreeEntry entry in entries)
        {
            if (entry.Name == OverlayDriverNames.Link.Bytes)
                link = ReadFile(directory.Combine(OverlayDriverNames.Link));
            else if (entry.Name == OverlayDriverNames.Lower.Bytes)
                lower = ReadFile(directory.Combine(OverlayDriverNames.Lower));
            else if (HasLowerLayers && entry.Name == OverlayDriverNames.LowerLayers.Bytes)
                lowerLayers = ReadFile(directory.Combine(OverlayDriverNames.LowerLayers));
            else if (entry.Name == OverlayDriverNames.Diff.Bytes)
                diff = entry.Type;
            else if (entry.Name == OverlayDriverNames.Work.Bytes)
                work = entry.Type;
            else if (entry.Name == OverlayDriverNames.Merged.Bytes)
                merged = entry.Type;
            else if (entry.Name == OverlayDriverNames.Committed.Bytes)
                isCommitted = true;
            else if (others.Count < MaxOtherEntries)
                others.Add(entry.Name);
        }

        if (!hasLayerId && others.Count == entries.Count)
            return null;
        if (work == StoreEntryType.Directory)
            workContent = WorkDirectoryReader.Read(tree, directory.Combine(OverlayDriverNames.Work), Options.MaxScannedEntries, Report);
        return Layer();

        OverlayDriverLayer Layer() => new()
        {
            Id = id,
            Directory = DataRoot.Combine(directory),
            ModifiedAt = status.ModifiedAt,
            Inode = status.Inode,
            Link = link,
            Lower = lower,
            LowerLayers = lowerLayers,
            Diff = diff,
            Work = work,
            Merged = merged,
            IsCommitted = isCommitted,
            WorkContent = workContent,
            OtherEntries = others,
        };
    }

    protected List<OverlayDriverShortLink> ReadShortLinks(StoreEntryType directoryType)
    {
        List<OverlayDriverShortLink> links = [];
        if (directoryType == StoreEntryType.Missing)
            return links;

        BytePath directory = driverHome.Combine(OverlayDriverNames.Links);
        foreach (FileTreeEntry entry in List(tree, directory))
        {
            BytePath target = default;
            if (entry.Type == StoreEntryType.SymbolicLink
                && !tree.TryReadLink(directory.Combine(new BytePath(entry.Name)), out target, out StoreProblem? problem))
            {
                Report(problem);
            }

            links.Add(new OverlayDriverShortLink { Name = entry.Name, Type = entry.Type, Target = target });
        }

        return links;
    }
}
