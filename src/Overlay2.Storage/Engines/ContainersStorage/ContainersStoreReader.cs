using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Reads the parts of a <see cref="ContainersStorageStore"/> one after the other; a part that cannot be read does not stop the others.</summary>
internal sealed class ContainersStoreReader(IFileTree tree, StoreLocation location, StoreReadOptions options, CancellationToken cancellationToken)
    : OverlayDriverReader(tree, location.Root, ContainersNames.DriverHome, options, cancellationToken)
{
    /// <summary>One file holds the records of all layers, each with some 500 bytes.</summary>
    private const int MaxRecordsLength = 1 << 26;

    protected override bool HasLowerLayers => true;

    private static readonly (string Name, string What)[] s_halfway = [("staging", "pulls that run, or did not end"), ("tempdirs", "removals that run, or did not end")];

    private static readonly ByteString s_composed = ByteString.FromText("composefs-data");

    public ContainersStorageStore Read()
    {
        // Records first: a layer that is made meanwhile is then one without a record, and young, instead of one without a directory.
        List<ContainersLayerRecord> records = [.. ReadLayers(ContainersNames.Layers, isVolatile: false), .. ReadLayers(ContainersNames.VolatileLayers, isVolatile: true)];
        List<ContainersContainer> containers = [.. ReadContainers(ContainersNames.Containers, isVolatile: false), .. ReadContainers(ContainersNames.VolatileContainers, isVolatile: true)];
        List<ContainersImage> images = ReadImages();
        DriverHomeStatus home = ReadHomeStatus();
        (List<OverlayDriverLayer> layers, List<ByteString> others, StoreEntryType linkDirectory) = ReadDriverHome(home.Type);
        if (layers.Count > 0 && !Tree.TryGetStatus(ContainersNames.Layers, out _, out StoreProblem? problem))
            Report(problem);
        return new ContainersStorageStore
        {
            DataRoot = DataRoot,
            ImageStores = location.ImageStores,
            Home = home,
            Quarantine = ReadQuarantine(),
            Layers = layers,
            OtherEntries = others,
            ShortLinkDirectory = linkDirectory,
            ShortLinks = ReadShortLinks(linkDirectory),
            LayerRecords = [.. records.OrderBy(record => record.Id)],
            Containers = [.. containers.OrderBy(container => container.Id)],
            Images = images,
            UnreadParts = [.. ReadUnreadParts(others, layers)],
            KnowsRecordReferences = true,
            ReadProblems = [.. location.Problems, .. Problems],
        };
    }

    /// <summary>What is being made or removed, or is left of that, and layers whose files are in another form.</summary>
    private IEnumerable<string> ReadUnreadParts(List<ByteString> others, List<OverlayDriverLayer> layers)
    {
        foreach ((string name, string what) in s_halfway)
        {
            if (others.Contains(ByteString.FromText(name)) && Tree.TryList(ContainersNames.DriverHome.Combine(BytePath.FromText(name)), Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out _) && entries.Count > 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{entries.Count} directories in {name} ({what})");
        }

        int composed = layers.Count(layer => layer.OtherEntries.Contains(s_composed));
        if (composed > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"the composefs images of {composed} layers");
    }

    private List<ContainersLayerRecord> ReadLayers(BytePath path, bool isVolatile) => ReadRecords(path, fields => new ContainersLayerRecord
    {
        Id = Id(fields, "id"),
        Parent = Id(fields, "parent"),
        IsIncomplete = fields.Object("flags").Truth("incomplete"),
        IsVolatile = isVolatile,
    });

    private List<ContainersContainer> ReadContainers(BytePath path, bool isVolatile) => ReadRecords(path, fields => new ContainersContainer
    {
        Id = Id(fields, "id"),
        Name = fields.Texts("names").FirstOrDefault() ?? "",
        LayerId = Id(fields, "layer"),
        ImageId = Id(fields, "image"),
        IsVolatile = isVolatile,
    });

    private List<ContainersImage> ReadImages() =>
    [
        .. ReadRecords(ContainersNames.Images, fields => new ContainersImage
        {
            Id = Id(fields, "id"),
            Names = [.. fields.Texts("names")],
            TopLayer = Id(fields, "layer"),
            MappedLayers = [.. fields.Texts("mapped-layers").Select(ByteString.FromText)],
        })
            .OrderBy(image => image.Id),
    ];

    /// <summary>The objects of an array; none where there is no such file.</summary>
    private List<T> ReadRecords<T>(BytePath path, Func<JsonFields, T> read)
    {
        List<T> records = [];
        ReportUnlessMissing(ReadJson(path, MaxRecordsLength, JsonValueKind.Array, list =>
        {
            foreach (JsonFields element in list.Elements())
            {
                CancellationToken.ThrowIfCancellationRequested();
                if (element.Text("id").Length > 0)
                    records.Add(read(element));
                else
                    element.Note("id", "missing");
            }
        }));
        return records;
    }

    private static ByteString Id(JsonFields fields, string name) => ByteString.FromText(fields.Text(name));
}
