using System.Globalization;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What a finding rests on.</summary>
/// <param name="Source">Where it was seen: <c>mountinfo</c>, <c>processes</c>, a file of the store or of the configuration.</param>
/// <param name="Text">What was seen, in words for a person.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record FindingEvidence(string Source, string Text)
{
    /// <summary>A mount in words.</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="text">What is to be said of it; may be empty.</param>
    public static FindingEvidence Of(MountEntry mount, string text = "")
    {
        ArgumentNullException.ThrowIfNull(mount);
        return new FindingEvidence(
            "mountinfo",
            string.Create(CultureInfo.InvariantCulture,
                $"mount {mount.MountId} ({mount.FileSystemType} {mount.Major}:{mount.Minor}, root {mount.Root}) on {mount.MountPoint}, parent {mount.ParentId}{(text.Length == 0 ? "" : $": {text}")}"));
    }

    /// <summary>Source and text.</summary>
    public override string ToString() => $"{Source}: {Text}";
}
