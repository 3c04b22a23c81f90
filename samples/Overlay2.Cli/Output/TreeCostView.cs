using System.Text.Json;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The answer of <c>predict --tree</c>.</summary>
internal sealed record TreeCostView(LiveOverlay Overlay, TreeOperation Operation, TreeCost Cost)
{
    private const int FormatVersion = 1;

    public void WriteText(IAnsiConsole console)
    {
        void Line(string name, ShownLine text, Style? style = null) => console.PutLine($"{name,-9} {text}", style);

        Line("Overlay", $"{Overlay.Mount.MountPoint}, below /{Overlay.Path}");
        if (Cost.Error != LinuxError.OK)
            Line("Answer", $"fails: {Cost.Error}", Styles.Warning);
        Line("Objects", $"{Cost.Objects}, {Cost.InUpper} of them in the upper layer already");
        Line("Copy-up", $"{Cost.CopyUpBytes} bytes: {Cost.Files} files, {Cost.Directories} directories, {Cost.WithoutData} objects without data");
        Line("Room", $"{Cost.SpaceNeeded} bytes and {Cost.InodesNeeded} inodes needed; {PredictionView.Room(Cost.Space)}");
        if (Cost.BrokenLinks > 0)
            Line("Links", $"{Cost.BrokenLinks} hard links are broken", Styles.Warning);
        if (Cost.Failing > 0)
            Line("Failing", $"{Cost.Failing} names cannot be changed at all", Styles.Warning);
        foreach (LayerProblem problem in Cost.Problems)
            Line("Unread", $"{problem}", Styles.Warning);
        if (Cost.ProblemCount > Cost.Problems.Length)
            Line("Unread", $"{Cost.ProblemCount - Cost.Problems.Length} more", Styles.Warning);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        SurrogateEscape.WriteProperty(json, "mountPoint", Overlay.Mount.MountPoint.Span);
        SurrogateEscape.WriteProperty(json, "path", Overlay.Path.Span);
        json.WriteString("operation", Operation.ToString());
        json.WriteString("error", Cost.Error.ToString());
        json.WriteNumber("objects", Cost.Objects);
        json.WriteNumber("inUpper", Cost.InUpper);
        json.WriteNumber("files", Cost.Files);
        json.WriteNumber("directories", Cost.Directories);
        json.WriteNumber("withoutData", Cost.WithoutData);
        json.WriteNumber("brokenLinks", Cost.BrokenLinks);
        json.WriteNumber("failing", Cost.Failing);
        json.WriteNumber("copyUpBytes", Cost.CopyUpBytes);
        json.WriteNumber("spaceNeeded", Cost.SpaceNeeded);
        json.WriteNumber("inodesNeeded", Cost.InodesNeeded);
        PredictionView.WriteSpace(json, Cost.Space);
        json.WriteNumber("problemCount", Cost.ProblemCount);
        PredictionView.WriteProblems(json, Cost.Problems);
        json.WriteEndObject();
    }
}
