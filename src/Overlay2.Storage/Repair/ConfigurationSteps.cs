using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Repair;

/// <summary>Steps about the engine's configuration and the module's parameters.</summary>
internal static class ConfigurationSteps
{
    private const int LongestFile = 1 << 20;

    public static RepairStep Replace(ConfigurationEdit edit, string title, RepairRisk risk, string effect) => new()
    {
        Title = title,
        Action = new ReplaceConfigurationAction(edit.Path) { Original = edit.Original, Content = edit.Content },
        Preconditions = [new ConfigurationPredicate(edit.Path) { Content = edit.Original }],
        Postconditions = [new ConfigurationPredicate(edit.Path) { Content = edit.Content }],
        Risk = risk,
        Effect = effect,
        Undo = [new ReplaceConfigurationAction(edit.Path) { Original = edit.Content, Content = edit.Original }],
    };

    public static RepairStep SwitchOff(string parameter, string value, string effect)
    {
        const string Off = "N";
        return new RepairStep
        {
            Title = $"Switch the overlay module's parameter {parameter} off",
            Action = new SetModuleParameterAction(parameter, value, Off),
            Preconditions = [new ModuleParameterPredicate(parameter, value)],
            Postconditions = [new ModuleParameterPredicate(parameter, Off)],
            Risk = RepairRisk.R2,
            Effect = effect,
            Undo = [new SetModuleParameterAction(parameter, Off, value)],
        };
    }

    public static RepairStep RestartEngine(string effect) => new()
    {
        Title = "Start the engine again",
        Action = new RestartEngineAction(),
        Preconditions = [new EnginePredicate()],
        Postconditions = [new EnginePredicate()],
        Risk = RepairRisk.R3,
        Effect = effect,
    };

    /// <summary>Whether a plan may do this: files that the service manager runs programs from are none for a plan.</summary>
    public static bool IsGood(ReplaceConfigurationAction action) =>
        action.Path.FileName.Length > 0 && action.Original != action.Content && (action.Original?.Length ?? 0) <= LongestFile && (action.Content?.Length ?? 0) <= LongestFile
        && !Array.Exists(ServiceUnit.Directories, directory => action.Path.StartsWith(directory));

    /// <summary>Whether the real file holds what a script could only destroy.</summary>
    public static bool HasSecrets(RepairAction action) =>
        action is ReplaceConfigurationAction replace && (ConfigurationLines.HasSecrets(replace.Original) || ConfigurationLines.HasSecrets(replace.Content));

    public static string LineOf(ReplaceConfigurationAction action)
    {
        string file = ShellScript.Quote(action.Path.Bytes);
        string made = $"{file}.overlay2-new";
        if (action.Content is not { } content)
            return $"rm {file}";
        if (action.Original is not { } original)
        {
            action.Path.TryGetParent(out BytePath parent);
            return $"mkdir -p {ShellScript.Quote(parent.Bytes)} && printf %s {ShellScript.Quote(content)} > {made} && mv {made} {file}";
        }

        // The copies have owner and mode of the file, and at every moment the file is the old or the new one whole.
        ConfigurationLines lines = ConfigurationLines.Between(original, content);
        var text = new StringBuilder($"{{ [ -e {file}.bak ] || cp -p {file} {file}.bak; }} && cp -p {file} {made} && {{ ");
        if (lines.First > 0)
            text.Append(CultureInfo.InvariantCulture, $"head -n {lines.First} {file} && ");
        text.Append(CultureInfo.InvariantCulture, $"printf %s {ShellScript.Quote(lines.New)} && tail -n +{lines.First + lines.OldCount + 1} {file}; }} > {made} && mv {made} {file}");
        return text.ToString();
    }
}
