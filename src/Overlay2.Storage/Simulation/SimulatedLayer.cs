namespace Overlay2.Storage.Simulation;

/// <summary>A layer and where it lies.</summary>
/// <remarks>Immutable; as thread-safe as its <see cref="Source"/>.</remarks>
public sealed record SimulatedLayer
{
    /// <summary>A layer in memory.</summary>
    /// <param name="tree">What is in it.</param>
    /// <param name="fileSystem">What holds it.</param>
    public SimulatedLayer(LayerTree tree, SimulatedFileSystem fileSystem)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(fileSystem);
        Tree = tree;
        FileSystem = fileSystem;
    }

    /// <summary>A layer outside the simulator.</summary>
    /// <param name="source">Its root.</param>
    /// <param name="fileSystem">What stands for the file system that holds it.</param>
    public SimulatedLayer(ISourceObject source, SimulatedFileSystem fileSystem)
        : this(LayerTree.Empty, fileSystem)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>What is in a layer in memory.</summary>
    public LayerTree Tree { get; }

    /// <summary>The root of a layer outside the simulator, in the place of <see cref="Tree"/>; <see langword="null"/> for one in memory.</summary>
    public ISourceObject? Source { get; }

    /// <summary>What holds it.</summary>
    public SimulatedFileSystem FileSystem { get; }
}
