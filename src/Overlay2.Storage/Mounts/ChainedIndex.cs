using System.Numerics;

namespace Overlay2.Storage.Mounts;

/// <summary>Places in a list by hash: candidates only, to be compared by the caller. The last one added comes first.</summary>
/// <remarks>Hashes must be well mixed; those of <see cref="HashCode"/> are, and no input can choose them.</remarks>
internal sealed class ChainedIndex
{
    /// <summary>Place + 1, so that 0 is the end.</summary>
    private readonly int[] _heads;
    private readonly int[] _next;

    public ChainedIndex(int count)
    {
        _heads = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1))];
        _next = new int[count];
    }

    public void Add(int hash, int place)
    {
        ref int head = ref _heads[hash & (_heads.Length - 1)];
        _next[place] = head;
        head = place + 1;
    }

    /// <summary>The first candidate, or -1.</summary>
    public int First(int hash) => _heads[hash & (_heads.Length - 1)] - 1;

    /// <summary>The candidate after this one, or -1.</summary>
    public int Next(int place) => _next[place] - 1;
}
