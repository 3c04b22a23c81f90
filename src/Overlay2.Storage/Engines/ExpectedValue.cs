using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>What a file or link of a store should hold, computed from the other places that say the same.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ExpectedValue
{
    /// <summary>Whether the value is known.</summary>
    public ExpectedValueStatus Status { get; init; }

    /// <summary>The whole content; empty unless <see cref="Status"/> is <see cref="ExpectedValueStatus.Known"/>.</summary>
    public ByteString Value { get; init; }

    /// <summary>The files and links that say so, in the order of their paths; those of the candidates where they contradict each other.</summary>
    public IReadOnlyList<BytePath> Evidence { get; init; } = [];

    /// <summary>The values that parts of the store speak for, in the order of their bytes, where they contradict each other; else none.</summary>
    public IReadOnlyList<ByteString> Candidates { get; init; } = [];

    internal static ExpectedValue Unknown { get; } = new();

    /// <summary>Known where all sources give one value, contradictory where they give several.</summary>
    internal static ExpectedValue FromSources(IReadOnlyCollection<(ByteString Value, BytePath Source)> sources)
    {
        List<ByteString> values = [.. sources.Select(source => source.Value).Distinct().Order()];
        List<BytePath> evidence = [.. sources.Select(source => source.Source).Distinct().Order()];
        return values.Count switch
        {
            0 => Unknown,
            1 => new ExpectedValue { Status = ExpectedValueStatus.Known, Value = values[0], Evidence = evidence },
            _ => new ExpectedValue { Status = ExpectedValueStatus.Contradictory, Candidates = values, Evidence = evidence },
        };
    }

    /// <summary>The same with a value made of this one.</summary>
    internal ExpectedValue Select(Func<ByteString, ByteString> make) => this with
    {
        Value = Status == ExpectedValueStatus.Known ? make(Value) : default,
        Candidates = [.. Candidates.Select(make)],
    };
}
