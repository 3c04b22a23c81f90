using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>What is at a place: nothing, a small file with its content, a symbolic link with its target, a directory, or something else.</summary>
/// <remarks>Immutable and thread-safe. Equal states have the same type and content.</remarks>
internal sealed record EntryState
{
    /// <summary>Nothing is there.</summary>
    public static EntryState Missing { get; } = new() { Type = StoreEntryType.Missing };

    /// <summary>A directory; what is in it is not told. A step makes an empty one, and removes none but an empty one.</summary>
    public static EntryState Directory { get; } = new() { Type = StoreEntryType.Directory };

    /// <summary>What is there.</summary>
    public required StoreEntryType Type { get; init; }

    /// <summary>The content of a file, or the target of a link; empty for everything else.</summary>
    public ByteString Content { get; init; }

    /// <summary>A regular file.</summary>
    /// <param name="content">All that it holds.</param>
    public static EntryState File(ByteString content) => new() { Type = StoreEntryType.RegularFile, Content = content };

    /// <summary>A symbolic link.</summary>
    /// <param name="target">Where it leads.</param>
    public static EntryState Link(BytePath target) => new() { Type = StoreEntryType.SymbolicLink, Content = target.Bytes };

    /// <summary>A file of a store as it was read.</summary>
    internal static EntryState Of(StoreFile file) => file.State == StoreFileState.Present ? File(file.Content) : Missing;

    /// <summary>For showing.</summary>
    public override string ToString() => Type switch
    {
        StoreEntryType.Missing => "nothing",
        StoreEntryType.Directory => "a directory",
        StoreEntryType.RegularFile when Content.IsEmpty => "an empty file",
        StoreEntryType.RegularFile => $"a file that holds \"{Content}\"",
        StoreEntryType.SymbolicLink => $"a link to {Content}",
        _ => $"something else ({Type})",
    };
}
