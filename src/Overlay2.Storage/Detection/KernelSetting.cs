namespace Overlay2.Storage.Detection;

/// <summary>One setting or limit of the running kernel.</summary>
/// <param name="Name">The name, as sysctl(8) writes it (<c>fs.mount-max</c>), or <c>lsm</c>.</param>
/// <param name="Source">Where it was looked for, and whether it could be read.</param>
/// <param name="Value">The value without the final newline; empty unless the source was read.</param>
public sealed record KernelSetting(string Name, KernelSource Source, string Value)
{
    /// <summary>Whether there is a value.</summary>
    public bool IsKnown => Source.Status == KernelSourceStatus.Read;
}
