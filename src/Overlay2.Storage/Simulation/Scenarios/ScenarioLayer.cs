using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Reads a layer of a scenario.</summary>
internal static class ScenarioLayer
{
    public static LayerTree Read(JsonElement entries) => LayerTree.Of(entries.EnumerateArray().Select(ReadEntry));

    private static LayerEntry ReadEntry(JsonElement entry)
    {
        var path = new BytePath(ScenarioJson.GetBytes(entry.GetProperty("p")));
        string type = entry.GetProperty("t").GetString()!;
        if (type == "hardlink")
            return new LayerEntry { Path = path, Type = FileType.Regular, HardLinkTo = new BytePath(ScenarioJson.GetBytes(entry.GetProperty("to"))) };

        (long size, ImmutableArray<LayerData> content) = type == "reg" ? ReadContent(entry) : (0, []);
        return new LayerEntry
        {
            Path = path,
            Type = ScenarioNames.TypeOf(type),
            Mode = entry.TryGetProperty("m", out JsonElement mode) ? ScenarioNames.Octal(mode) : 0,
            Uid = entry.GetProperty("u").GetUInt32(),
            Gid = entry.GetProperty("g").GetUInt32(),
            AccessTime = entry.GetProperty("at").GetInt64(),
            ModificationTime = entry.GetProperty("mt").GetInt64(),
            Size = size,
            Content = content,
            LinkTarget = type == "lnk" ? new BytePath(ScenarioJson.GetBytes(entry.GetProperty("to"))) : default,
            Device = entry.TryGetProperty("rdev", out JsonElement number) ? new DeviceNumber(number[0].GetInt32(), number[1].GetInt32()) : default,
            ExtendedAttributes = entry.TryGetProperty("x", out JsonElement attributes)
                ? attributes.EnumerateObject().ToImmutableSortedDictionary(
                    static item => ByteString.FromText(item.Name),
                    static item => ImmutableArray.Create(Convert.FromHexString(item.Value.GetString()!)))
                : ImmutableSortedDictionary<ByteString, ImmutableArray<byte>>.Empty,
        };
    }

    private static (long Size, ImmutableArray<LayerData> Content) ReadContent(JsonElement entry)
    {
        if (entry.TryGetProperty("text", out JsonElement text))
        {
            ReadOnlyMemory<byte> bytes = ScenarioJson.GetBytes(text).Memory;
            return (bytes.Length, [new LayerData(0, bytes)]);
        }

        long size = entry.GetProperty("size").GetInt64();
        if (entry.TryGetProperty("nodata", out JsonElement none) && none.GetBoolean())
            return (size, []);
        ReadOnlyMemory<byte> data = FillPattern.Make(entry.GetProperty("seed").GetInt64(), size);
        if (!entry.TryGetProperty("hole", out JsonElement hole))
            return (size, [new LayerData(0, data)]);
        int start = hole[0].GetInt32();
        int end = start + hole[1].GetInt32();
        return (size, [new LayerData(0, data[..start]), new LayerData(end, data[end..])]);
    }
}
