using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

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

    /// <summary>A mount of the engine's namespace.</summary>
    /// <param name="mount">The mount.</param>
    public static FindingSubject Of(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        return new FindingSubject(FindingSubjectKind.Mount, mount.MountPoint) { MountId = mount.MountId };
    }

    /// <summary>A layer's directory.</summary>
    /// <param name="layer">The layer.</param>
    public static FindingSubject Of(StoredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new FindingSubject(FindingSubjectKind.Layer, layer.Directory) { Id = layer.Id };
    }

    /// <summary>A container.</summary>
    /// <param name="container">The container.</param>
    public static FindingSubject Of(HostContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return new FindingSubject(FindingSubjectKind.Container, container.Path) { Id = container.Id, Name = container.Name };
    }

    /// <summary>For showing.</summary>
    public override string ToString()
    {
        string place = Path.IsEmpty ? Kind.ToString() : Path.ToString();
        return Name.Length == 0 ? place : $"{Name} ({place})";
    }
}
