using System.Collections.Immutable;

namespace Overlay2.Storage.Repair;

/// <summary>How <see cref="ProgramEngineControl"/> finds and runs its programs.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ProgramOptions
{
    /// <summary>The options used where none are given.</summary>
    public static ProgramOptions Default { get; } = new();

    /// <summary>The names that <see cref="Environment"/> may hold: where an engine is reached, and nothing that makes a program load or run something.</summary>
    public static ImmutableArray<string> EnvironmentNames { get; } =
        ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_API_VERSION", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST", "XDG_RUNTIME_DIR", "DBUS_SYSTEM_BUS_ADDRESS"];

    /// <summary>The directories in which programs are looked for by their names, absolute; <see cref="TrustedProgram.Directories"/> unless given.</summary>
    public ImmutableArray<string> Directories { get; init; } = TrustedProgram.Directories;

    /// <summary>What the programs' environment holds beside <see cref="TrustedProgram.CreateEnvironment"/>; only <see cref="EnvironmentNames"/>. Nothing is taken from this process's own environment.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>After this time a program is ended, with all its children that are in its process group; default ten minutes. A question to the engine has half a minute at most.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many bytes of a program's output and of its errors are kept; the rest is read, counted and thrown away. Default 64 KiB.</summary>
    public int MostOutputBytes { get; init; } = 1 << 16;
}
