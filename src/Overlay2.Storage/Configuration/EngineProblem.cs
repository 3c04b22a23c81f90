using System.Collections.Immutable;

namespace Overlay2.Storage.Configuration;

/// <summary>Something wrong with an engine's configuration.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class EngineProblem
{
    internal EngineProblem(EngineProblemKind kind, string message, EngineVersions stops, params ImmutableArray<ConfigurationSource> sources)
    {
        Kind = kind;
        Message = message;
        Stops = stops;
        Sources = sources;
    }

    /// <summary>What kind of problem.</summary>
    public EngineProblemKind Kind { get; }

    /// <summary>The problem in one sentence.</summary>
    public string Message { get; }

    /// <summary>The places that cause it.</summary>
    public ImmutableArray<ConfigurationSource> Sources { get; }

    internal EngineVersions Stops { get; }

    /// <summary>Whether every engine starts with it.</summary>
    public bool StopsNoEngine => Stops == EngineVersions.None;

    /// <summary>The directive that is given twice, or that holds the option that was removed; empty for other kinds.</summary>
    public string Directive { get; internal init; } = "";

    /// <summary>Whether the engine refuses to start because of it.</summary>
    /// <param name="majorVersion">The engine's major version, such as 20 or 29; <see langword="null"/> if it is not known.</param>
    /// <returns><see langword="null"/> where that depends on a version that is not known.</returns>
    public bool? StopsEngine(int? majorVersion) => Stops.Contains(majorVersion);

    /// <summary>Kind and message.</summary>
    public override string ToString() => $"{Kind}: {Message}";
}
