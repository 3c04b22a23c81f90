using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A small file of a store, with its content as it is on disk: nothing trimmed, nothing checked.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoreFile
{
    /// <summary>A file that does not exist.</summary>
    public static StoreFile Missing { get; } = new();

    /// <summary>What is known.</summary>
    public StoreFileState State { get; init; }

    /// <summary>The content; empty unless the state is <see cref="StoreFileState.Present"/>, and possibly then too.</summary>
    public ByteString Content { get; init; }

    /// <summary>Why the file is unreadable; <see langword="null"/> in the other states.</summary>
    public StoreProblem? Problem { get; init; }

    /// <summary>Whether the file is there with at least one byte.</summary>
    [JsonIgnore]
    public bool HasContent => State == StoreFileState.Present && !Content.IsEmpty;

    /// <summary>Whether the file is there without a byte, as a power loss leaves it.</summary>
    [JsonIgnore]
    public bool IsEmpty => State == StoreFileState.Present && Content.IsEmpty;

    /// <summary>The content without white space around it, as the engine reads the files of its layer database.</summary>
    [JsonIgnore]
    public ByteString Trimmed
    {
        get
        {
            ReadOnlySpan<byte> blanks = " \t\r\n\v\f"u8;
            ReadOnlySpan<byte> content = Content.Span;
            int start = content.Length - content.TrimStart(blanks).Length;
            return ByteString.Wrap(Content.Memory.Slice(start, content.Trim(blanks).Length));
        }
    }

    /// <summary>A file with this content.</summary>
    /// <param name="content">The content.</param>
    public static StoreFile Of(ByteString content) => new() { State = StoreFileState.Present, Content = content };

    /// <summary>A file that could not be read.</summary>
    /// <param name="problem">Why.</param>
    public static StoreFile Unreadable(StoreProblem problem) => new() { State = StoreFileState.Unreadable, Problem = problem };
}
