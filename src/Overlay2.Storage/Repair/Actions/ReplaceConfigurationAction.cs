using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Gives a file of the engine's configuration another content; the old file is kept beside it, ending in <c>.bak</c>.</summary>
/// <remarks>
/// Both contents are as a snapshot shows the file: without secrets. In the real file only the lines that differ are replaced, and these
/// hold none. Undoing brings the old bytes back, or removes a file that was made; copies, and a directory that was made for it, stay.
/// </remarks>
/// <param name="Path">The file, below the host's root.</param>
internal sealed record ReplaceConfigurationAction(BytePath Path) : RepairAction
{
    private const int LongestFile = 1 << 20;

    /// <summary>What the file holds before; <see langword="null"/> if there is no file.</summary>
    public ByteString? Original { get; init; }

    /// <summary>What it holds afterwards; <see langword="null"/> if the file is removed, which only undoing does.</summary>
    public ByteString? Content { get; init; }

    internal override HostResult Run(RepairHost host) => host.Configuration.ReplaceConfiguration(Path, Original, Content);

    /// <summary>Files that the service manager runs programs from are none for a plan.</summary>
    internal override bool IsAllowedIn(RepairPlan plan) =>
        PlanPaths.IsPlain(Path) && Path.FileName.Length > 0 && Original != Content && (Original?.Length ?? 0) <= LongestFile && (Content?.Length ?? 0) <= LongestFile
        && !Array.Exists(ServiceUnit.Directories, directory => Path.StartsWith(directory));

    internal override ScriptPart ToScript() => ConfigurationLines.HasSecrets(Original) || ConfigurationLines.HasSecrets(Content)
        ? ScriptPart.None("the file holds secrets, which no plan holds and a script could only destroy", ShellLine())
        : ScriptPart.Command(ShellLine());

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(ConfigurationState.Holds(state.Configuration(Path), Original));

    private string ShellLine()
    {
        string file = ShellScript.Quote(Path.Bytes);
        const string New = "\"$NEW/new\"";
        if (Content is not { } content)
            return $"rm {file}";
        if (Original is not { } original)
        {
            Path.TryGetParent(out BytePath parent);
            return $"mkdir -p {ShellScript.Quote(parent.Bytes)} && {ShellScript.MakeBeside(Path, $"printf %s {ShellScript.Quote(content)} > {New} && chmod 644 {New}")}";
        }

        // The copies have owner and mode of the file, and at every moment the file is the old or the new one whole.
        ConfigurationLines lines = ConfigurationLines.Between(original, content);
        var text = new StringBuilder($"{{ [ -e {file}.bak ] || [ -L {file}.bak ] || {{ cp -p {file} \"$NEW/bak\" && mv -T \"$NEW/bak\" {file}.bak; }}; }} && cp -p {file} {New} && {{ ");
        if (lines.First > 0)
            text.Append(CultureInfo.InvariantCulture, $"head -n {lines.First} {file} && ");
        text.Append(CultureInfo.InvariantCulture, $"printf %s {ShellScript.Quote(lines.New)} && tail -n +{lines.First + lines.OldCount + 1} {file}; }} > {New}");
        return $"[ ! -L {file} ] && {ShellScript.MakeBeside(Path, text.ToString())}";
    }
}
