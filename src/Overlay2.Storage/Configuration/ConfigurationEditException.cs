namespace Overlay2.Storage.Configuration;

/// <summary>A change of the configuration was refused; nothing was changed.</summary>
public sealed class ConfigurationEditException : InvalidOperationException
{
    /// <summary>Makes the error of a place.</summary>
    /// <param name="source">The place that stands in the way.</param>
    /// <param name="reason">Why the change is refused.</param>
    public ConfigurationEditException(ConfigurationSource source, string reason)
        : this(source, reason, inner: null)
    {
    }

    /// <summary>Makes the error of a place.</summary>
    /// <param name="source">The place that stands in the way.</param>
    /// <param name="reason">Why the change is refused.</param>
    /// <param name="inner">The error below.</param>
    public ConfigurationEditException(ConfigurationSource source, string reason, Exception? inner)
        : base($"{source}: {reason}", inner)
    {
        Place = source;
        Reason = reason;
    }

    /// <summary>The place that stands in the way.</summary>
    public ConfigurationSource Place { get; }

    /// <summary>Why the change is refused.</summary>
    public string Reason { get; }
}
