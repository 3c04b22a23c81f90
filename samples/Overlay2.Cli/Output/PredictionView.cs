using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The answer of <c>predict</c>.</summary>
internal sealed record PredictionView(LiveOverlay Overlay, Prediction Prediction)
{
    private const int FormatVersion = 1;

    public void WriteText(IAnsiConsole console)
    {
        void Line(string name, ShownLine text, Style? style = null) => console.PutLine($"{name,-9} {text}", style);

        Line("Overlay", $"{Overlay.Mount.MountPoint}, path /{Prediction.Path}");
        Line("Answer", Prediction.IsSuccess ? "succeeds" : $"fails: {Prediction.Error}", Prediction.IsSuccess ? Style.Plain : Styles.Warning);
        Line("Copy-up", $"{Prediction.CopyUpBytes} bytes of data");
        Line("Room", $"{Prediction.SpaceNeeded} bytes and {Prediction.InodesNeeded} inodes needed; {Room(Prediction.Space)}");
        if (Prediction.BrokenLinks > 0)
            Line("Links", $"broken: {Prediction.BrokenLinks} other names keep the old data", Styles.Warning);
        Line("Identity", $"st_ino {(Prediction.InodeChanges ? "changes" : "stays")}, st_dev {(Prediction.DeviceChanges ? "changes" : "stays")}");
        if (Prediction.MappingsStale)
            Line("Stale", $"memory maps made before keep the old data; open files {(Prediction.DescriptorsStale ? "too" : "see the new data")}");
        foreach (BytePath whiteout in Prediction.Whiteouts)
            Line("Whiteout", "/" + whiteout);
        foreach (Effect effect in Prediction.Effects.Where(static effect => effect.Kind is not (EffectKind.Whiteout or EffectKind.LinkBroken or EffectKind.NumberChanged)))
            Line("Effect", $"{effect.Kind} /{effect.Path}{(effect.Bytes > 0 ? $" ({effect.Bytes} bytes)" : "")}{(effect.Mark.IsEmpty ? "" : " " + effect.Mark)}");
        if (Prediction.Advice is { } advice)
            Line("Would help", $"{advice.Option}. {advice.Price}");
        foreach (LayerProblem problem in Prediction.Problems)
            Line("Unread", problem.ToString(), Styles.Warning);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        SurrogateEscape.WriteProperty(json, "mountPoint", Overlay.Mount.MountPoint.Span);
        SurrogateEscape.WriteProperty(json, "path", Prediction.Path.Span);
        json.WriteString("operation", Prediction.Operation.Kind.ToString());
        json.WriteString("kernel", Overlay.Profile.Release);
        json.WriteString("error", Prediction.Error.ToString());
        json.WriteNumber("copyUpBytes", Prediction.CopyUpBytes);
        json.WriteNumber("spaceNeeded", Prediction.SpaceNeeded);
        json.WriteNumber("inodesNeeded", Prediction.InodesNeeded);
        WriteSpace(json, Prediction.Space);
        json.WriteNumber("brokenLinks", Prediction.BrokenLinks);
        json.WriteBoolean("inodeChanges", Prediction.InodeChanges);
        json.WriteBoolean("deviceChanges", Prediction.DeviceChanges);
        json.WriteBoolean("mappingsStale", Prediction.MappingsStale);
        json.WriteBoolean("descriptorsStale", Prediction.DescriptorsStale);
        json.WriteStartArray("whiteouts");
        foreach (BytePath whiteout in Prediction.Whiteouts)
            SurrogateEscape.WriteValue(json, whiteout.Span);
        json.WriteEndArray();
        json.WriteStartArray("effects");
        foreach (Effect effect in Prediction.Effects)
        {
            json.WriteStartObject();
            json.WriteString("kind", effect.Kind.ToString());
            SurrogateEscape.WriteProperty(json, "path", effect.Path.Span);
            json.WriteNumber("bytes", effect.Bytes);
            if (!effect.Mark.IsEmpty)
                SurrogateEscape.WriteProperty(json, "mark", effect.Mark.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Prediction.Advice is { } advice)
        {
            json.WriteStartObject("advice");
            json.WriteString("option", advice.Option);
            json.WriteString("price", advice.Price);
            json.WriteEndObject();
        }

        WriteProblems(json, Prediction.Problems);
        json.WriteEndObject();
    }

    public static string Room(FileSystemSpace? space) => space is null
        ? "the free space is not known"
        : string.Create(CultureInfo.InvariantCulture, $"{space.UsableBytes} bytes free, {(space.FreeInodes is { } inodes ? $"{inodes} inodes" : "inodes as needed")}");

    public static void WriteSpace(Utf8JsonWriter json, FileSystemSpace? space)
    {
        if (space is null)
        {
            json.WriteNull("free");
            return;
        }

        json.WriteStartObject("free");
        json.WriteNumber("usableBytes", space.UsableBytes);
        json.WriteNumber("availableBytes", space.AvailableBytes);
        json.WriteNumber("freeBytes", space.FreeBytes);
        if (space.FreeInodes is { } inodes)
            json.WriteNumber("inodes", inodes);
        else
            json.WriteNull("inodes");
        json.WriteEndObject();
    }

    public static void WriteProblems(Utf8JsonWriter json, IEnumerable<LayerProblem> problems)
    {
        json.WriteStartArray("problems");
        foreach (LayerProblem problem in problems)
        {
            json.WriteStartObject();
            SurrogateEscape.WriteProperty(json, "layer", problem.Layer.Span);
            SurrogateEscape.WriteProperty(json, "path", problem.Path.Span);
            json.WriteString("operation", problem.Operation.ToString());
            json.WriteString("error", problem.Error.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
