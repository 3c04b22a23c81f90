namespace Overlay2.Storage.Engines;

/// <summary>What kind of record of a store refers to another one, or is referred to.</summary>
public enum RecordKind
{
    /// <summary>A name of an image: an entry of Docker's <c>repositories.json</c>, or a name in the <c>images.json</c> of containers/storage. Its id is the name, for example <c>app:1</c>.</summary>
    Repository,

    /// <summary>An image. Its id is the digest of its configuration (Docker), its id (containers/storage), or its name in its namespace (containerd).</summary>
    Image,

    /// <summary>An image layer of Docker's layer database. Its id is the chain id, for example <c>sha256:c6ce…</c>.</summary>
    Chain,

    /// <summary>A layer's directory. Its id is the directory's name, see <see cref="StoredLayer.Id"/>.</summary>
    Layer,

    /// <summary>A link in the directory <c>l</c> of the overlay2 driver. Its id is its name, 26 characters.</summary>
    ShortLink,

    /// <summary>An element of a layer's <c>lower</c> file. Its id is that of the layer whose file it is; the file has one reference for each element.</summary>
    LowerElement,

    /// <summary>A container's entry of Docker's layer database (<c>layerdb/mounts/ID</c>). Its id is the container's.</summary>
    MountRecord,

    /// <summary>A container.</summary>
    Container,

    /// <summary>A container's name in the records of containers/storage. Its id is the name.</summary>
    ContainerName,

    /// <summary>A record of BuildKit's snapshot database. Its id is its key.</summary>
    BuildRecord,

    /// <summary>A layer's record of containers/storage (<c>layers.json</c>, <c>volatile-layers.json</c>). Its id is that of the layer.</summary>
    LayerRecord,

    /// <summary>A snapshot in the database of containerd's snapshotter. Its id is its key.</summary>
    Snapshot,

    /// <summary>A snapshot's name in a namespace of containerd.</summary>
    SnapshotName,

    /// <summary>A blob of containerd's content store. Its id is its digest, for example <c>sha256:6de8…</c>.</summary>
    Content,

    /// <summary>A lease of containerd.</summary>
    Lease,

    /// <summary>A task of containerd. Its id is that of the container it is of.</summary>
    Task,
}
