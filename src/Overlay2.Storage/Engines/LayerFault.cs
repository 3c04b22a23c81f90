using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A part of a layer's directory that is missing or is something else.</summary>
/// <param name="Path">Where, on the host.</param>
/// <param name="Description">What is wrong there, in words for a person.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LayerFault(BytePath Path, string Description)
{
    /// <summary>What the rest of the store says should be there; <see langword="null"/> where that is no question.</summary>
    public ExpectedValue? Expected { get; init; }

    /// <summary>A directory that is none.</summary>
    internal static LayerFault NoDirectory(BytePath path, StoreEntryType type) =>
        new(path, type == StoreEntryType.Missing ? "there is no such directory" : $"it is no directory ({type})");

    /// <summary>Whether something is there instead of a directory, or nothing. What could not be looked at is no fault.</summary>
    internal static bool Is(StoreEntryType type) => type is not (StoreEntryType.Directory or StoreEntryType.Unknown);
}
