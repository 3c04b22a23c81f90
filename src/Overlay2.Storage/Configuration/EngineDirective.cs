namespace Overlay2.Storage.Configuration;

/// <summary>A directive of the engine: its flag and its key in the configuration file.</summary>
/// <param name="Flag">The long flag without dashes; empty if there is none.</param>
/// <param name="Key">The key of the configuration file; empty if it is only a flag.</param>
/// <param name="Type">Its value.</param>
internal sealed record EngineDirective(string Flag, string Key, DirectiveType Type)
{
    /// <summary>The short flag, or NUL.</summary>
    public char Short { get; init; }

    /// <summary>The versions whose command line knows it.</summary>
    public EngineVersions FlagVersions { get; init; } = EngineVersions.All;

    /// <summary>The versions whose configuration file may hold it.</summary>
    public EngineVersions KeyVersions { get; init; } = EngineVersions.All;

    /// <summary>Whether the configuration file may hold the key, with any value, and the engine makes nothing of it.</summary>
    public bool IsFlagOnly { get; init; }

    /// <summary>Whether flag and file may both set it.</summary>
    public bool Merges { get; init; }

    /// <summary>Whether an object as value is not looked into for directives.</summary>
    public bool IsFlat => Type is DirectiveType.Object or DirectiveType.TextMap or DirectiveType.SwitchMap or DirectiveType.ObjectMap;
}
