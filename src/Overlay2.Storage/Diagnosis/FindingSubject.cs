using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What a finding is about.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Path">Its path on the host; empty where it has none.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record FindingSubject(FindingSubjectKind Kind, BytePath Path)
{
    /// <summary>Its id, where things of its kind have one; otherwise empty.</summary>
    public ByteString Id { get; init; }

    /// <summary>The mount's id as in mountinfo; <see langword="null"/> for everything that is no mount.</summary>
    public int? MountId { get; init; }

    /// <summary>Whose store it belongs to; <see langword="null"/> for what belongs to none.</summary>
    public LayerStoreKind? Store { get; init; }

    /// <summary>The name under which a person knows it, such as a container's; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>For showing.</summary>
    public override string ToString()
    {
        string place = Path.IsEmpty ? Kind.ToString() : Path.ToString();
        return Name.Length == 0 ? place : $"{Name} ({place})";
    }
}
