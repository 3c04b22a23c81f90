using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Which record of a store is meant; one of that name need not exist.</summary>
/// <remarks>Immutable and thread-safe. Ids are bytes as the store has them, not checked: one that a damaged record names can have any form.</remarks>
/// <param name="Kind">What kind of record.</param>
/// <param name="Id">Its id or name, see <see cref="RecordKind"/>; empty where the record that should name it holds none.</param>
public readonly record struct RecordIdentity(RecordKind Kind, ByteString Id)
{
    /// <summary>The namespace of containerd that the id is of; empty where ids of the kind are not those of a namespace.</summary>
    public ByteString Namespace { get; init; }

    /// <summary>One line for showing, for example <c>Chain sha256:c6ce…</c>.</summary>
    public override string ToString() => Namespace.IsEmpty ? $"{Kind} {Id}" : $"{Kind} {Namespace}/{Id}";
}
