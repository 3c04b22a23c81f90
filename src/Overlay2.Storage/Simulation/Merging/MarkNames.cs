using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The names of the overlay's own extended attributes under the prefix of a mount.</summary>
internal sealed class MarkNames
{
    private MarkNames(string prefix)
    {
        Prefix = ByteString.FromText(prefix);
        EscapedPrefix = ByteString.FromText(prefix + "overlay.");
        Opaque = ByteString.FromText(prefix + "opaque");
        Redirect = ByteString.FromText(prefix + "redirect");
        Origin = ByteString.FromText(prefix + "origin");
        Impure = ByteString.FromText(prefix + "impure");
        LinkCount = ByteString.FromText(prefix + "nlink");
        Upper = ByteString.FromText(prefix + "upper");
        Uuid = ByteString.FromText(prefix + "uuid");
        Metacopy = ByteString.FromText(prefix + "metacopy");
        Protection = ByteString.FromText(prefix + "protattr");
        Whiteout = ByteString.FromText(prefix + "whiteout");
    }

    public static MarkNames Trusted { get; } = new("trusted.overlay.");

    public static MarkNames User { get; } = new("user.overlay.");

    public ByteString Prefix { get; }

    /// <summary>The prefix of a user's attribute whose name would be taken for a mark.</summary>
    public ByteString EscapedPrefix { get; }

    public ByteString Opaque { get; }

    public ByteString Redirect { get; }

    public ByteString Origin { get; }

    public ByteString Impure { get; }

    public ByteString LinkCount { get; }

    public ByteString Upper { get; }

    public ByteString Uuid { get; }

    public ByteString Metacopy { get; }

    public ByteString Protection { get; }

    public ByteString Whiteout { get; }
}
