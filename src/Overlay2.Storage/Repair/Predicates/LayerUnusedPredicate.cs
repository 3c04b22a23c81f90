using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>No mount of any mount namespace that can be read uses a layer, or is in its directory.</summary>
/// <param name="Layer">The layer's directory, as a mount table names it.</param>
/// <param name="Home">The driver's directory, likewise: short links are below it, and relative names in mount options mean something below it.</param>
/// <param name="ShortNames">The names in the directory <c>l</c> that lead to the layer.</param>
internal sealed record LayerUnusedPredicate(BytePath Layer, BytePath Home, ImmutableArray<ByteString> ShortNames) : RepairPredicate
{
    /// <summary>Whether it is enough that no engine runs.</summary>
    public bool OrEngineStopped { get; init; }

    public bool Equals(LayerUnusedPredicate? other) => other is not null && Layer == other.Layer && Home == other.Home && OrEngineStopped == other.OrEngineStopped
        && ShortNames.AsSpan().SequenceEqual(other.ShortNames.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Layer, Home);

    internal override string Describe() => $"no mount uses the layer {Layer}{(OrEngineStopped ? ", or no engine runs" : "")}";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(OrEngineStopped && !state.IsEngineRunning() ? null
            : LayerUse.Find(this, [state.Mounts(), .. state.OtherMounts], state.Named) is { } user ? $"the layer {Layer} is in use: {user}"
            : null);

    internal override ScriptPart ToScript()
    {
        // Engines mount with relative paths where whole ones would be too long: of a layer's directory the table then shows the end alone.
        string names = string.Concat(ShortNames.Select(name => $" {ShellScript.Escaped(BytePath.FromText("l").Combine(new BytePath(name)))}"));
        string parts = string.Concat(((string[])["diff", "fs"]).Select(part => $" {ShellScript.Ending(Layer.Combine(BytePath.FromText(part)))}"));
        string test = $"unused {ShellScript.Ending(Layer)}{parts}{names}";
        return ScriptPart.Command(OrEngineStopped ? $"{{ stopped || {test}; }}" : test);
    }
}
