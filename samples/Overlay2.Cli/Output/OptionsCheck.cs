using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The answer of <c>options check</c>.</summary>
internal sealed record OptionsCheck(KernelProfile Profile, MountCommandOptions Command, EffectiveOptions Effective, MountDataBudget Budget)
{
    private const int FormatVersion = 1;

    public void WriteText(IAnsiConsole console)
    {
        void Line(ShownLine text, Style? style = null) => console.PutLine(text, style);

        Line($"Kernel   {Profile.Release}");
        if (Effective.Error != LinuxError.OK)
        {
            Line($"Mount    fails: {Effective.Error}", Styles.Warning);
        }
        else
        {
            Line($"Mount    {(Effective.IsKnown ? "succeeds" : "not known")}{(Effective.IsReadOnly ? ", read-only" : "")}");
            Line($"Shown    {(Effective.Shown.IsEmpty ? "nothing but the layers" : string.Join(',', Effective.Shown))}");
            if (Effective.HasUpper)
            {
                Line($"Upper    {(Effective.UpperMarks.IsEmpty ? "no marks" : string.Join(", ", Effective.UpperMarks))}");
                Line($"Work     {string.Join(", ", Effective.WorkEntries)}");
            }
        }

        if (!Command.Flags.IsEmpty)
            Line($"Flags    {string.Join(',', Command.Flags)} (of the mount: no data of the file system)");
        foreach (OptionProblem problem in Effective.Problems)
            Line($"{problem.Outcome,-8} {problem.Message} [{problem.Rule}]", problem.Outcome == OptionOutcome.Refused ? Styles.Warning : Style.Plain);

        Line($"Size     {Budget.LayerCount} lower layers; mount(2) {Bytes(Budget.MountBytes)} of {Environment.SystemPageSize}, from {(Budget.CommonDirectory.IsEmpty ? "no common directory" : $"{Budget.CommonDirectory}")} {Bytes(Budget.RelativeMountBytes)}; longest fsconfig(2) value {Budget.LongestFsConfigValue} of {MountDataBudget.MaxFsConfigValue + 1}");
        Line($"Calls    {(Budget.Interfaces == MountInterfaces.None ? "none can carry this list" : $"{Budget.Interfaces}")}");
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        json.WriteString("kernel", Profile.Release);
        json.WriteString("error", Effective.Error.ToString());
        json.WriteBoolean("readOnly", Effective.IsReadOnly);
        json.WriteBoolean("known", Effective.IsKnown);
        WriteList(json, "flags", Command.Flags.Select(o => o.ToString()));
        WriteList(json, "shown", Effective.Shown.Select(o => o.ToString()));
        WriteList(json, "upperMarks", Effective.UpperMarks.Select(o => o.ToString()));
        WriteList(json, "workEntries", Effective.WorkEntries.Select(o => o.ToString()));
        json.WriteStartArray("problems");
        foreach (OptionProblem problem in Effective.Problems)
        {
            json.WriteStartObject();
            json.WriteString("rule", problem.Rule);
            json.WriteString("outcome", problem.Outcome.ToString());
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("budget");
        json.WriteNumber("layers", Budget.LayerCount);
        WriteNumber(json, "mountBytes", Budget.MountBytes);
        json.WriteString("commonDirectory", Budget.CommonDirectory.ToString());
        WriteNumber(json, "relativeMountBytes", Budget.RelativeMountBytes);
        json.WriteNumber("longestFsConfigValue", Budget.LongestFsConfigValue);
        WriteList(json, "calls", Enum.GetValues<MountInterfaces>().Where(i => i != MountInterfaces.None && Budget.Interfaces.HasFlag(i)).Select(i => i.ToString()));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Bytes(int? bytes) => bytes is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count} bytes") : "cannot say it";

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
