using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A file of the engine's configuration holds exactly these bytes, or is not there.</summary>
/// <param name="Path">The file, below the host's root.</param>
internal sealed record ConfigurationPredicate(BytePath Path) : RepairPredicate
{
    /// <summary>What it holds, as a snapshot shows it: without secrets; <see langword="null"/> if there is no file.</summary>
    public ByteString? Content { get; init; }

    internal override string Describe() => Content is null ? $"{Path} is not there" : $"{Path} is as the plan has it";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(ConfigurationState.Holds(state.Configuration(Path), Content) ? null : $"{Path} {(Content is null ? "is there" : "is not as it should be")}");

    internal override ScriptPart ToScript() => ConfigurationLines.HasSecrets(Content)
        ? ScriptPart.None("the file holds secrets, which no plan holds")
        : ScriptPart.Command(Content is { } content ? ShellScript.Holds(Path, content) : $"{{ [ ! -e {ShellScript.Quote(Path.Bytes)} ] && [ ! -L {ShellScript.Quote(Path.Bytes)} ]; }}");
}
