using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The place a setting comes from.</summary>
/// <param name="Kind">What kind of place.</param>
/// <param name="Path">The file, below the host's root; <c>/proc/PID/…</c> for a process, empty for a default.</param>
/// <param name="Line">The line in the file, from 1; 0 where lines mean nothing.</param>
public readonly record struct ConfigurationSource(ConfigurationSourceKind Kind, BytePath Path, int Line)
{
    /// <summary>The place in words, such as <c>/etc/docker/daemon.json:2</c>.</summary>
    public override string ToString() => Kind switch
    {
        ConfigurationSourceKind.Default => "default",
        _ when Line > 0 => $"{Path}:{Line}",
        _ => Path.ToString(),
    };
}
