namespace Overlay2.Storage.Engines;

/// <summary>What needs a layer.</summary>
public enum LayerReferenceKind
{
    /// <summary>A layer of an image, by the layer database.</summary>
    ImageLayer,

    /// <summary>A container's writable layer.</summary>
    ContainerLayer,

    /// <summary>The layer below a container's writable one that holds the files the engine puts in (its id ends in <c>-init</c>).</summary>
    ContainerInit,

    /// <summary>A build cache record.</summary>
    BuildCache,

    /// <summary>A snapshot of containerd's that is no layer of an image, and that no container has.</summary>
    Snapshot,

    /// <summary>A layer whose making was begun and not finished: its directory need not be there.</summary>
    Unfinished,
}
