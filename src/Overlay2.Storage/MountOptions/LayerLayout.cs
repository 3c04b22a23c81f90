using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>What the directories that overlay options name are, as data: the part of a machine that decides about a mount.</summary>
/// <remarks>Keys are paths as the options name them, after their escapes: a relative path is a key of its own. Immutable, thread-safe.</remarks>
public sealed record LayerLayout
{
    /// <summary>What is at each path; a path that is absent does not exist.</summary>
    public ImmutableDictionary<BytePath, LayerDirectory> Directories { get; init; } = ImmutableDictionary<BytePath, LayerDirectory>.Empty;

    /// <summary>This layout with one more path.</summary>
    /// <param name="path">The path as the options name it.</param>
    /// <param name="directory">What is there.</param>
    public LayerLayout With(BytePath path, LayerDirectory directory) => this with { Directories = Directories.SetItem(path, directory) };
}
