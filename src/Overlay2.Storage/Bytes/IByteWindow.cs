namespace Overlay2.Storage.Bytes;

/// <summary>Compares 64 bytes at once; each kind of processor has its own way, and all give the same answers.</summary>
/// <remarks>A type parameter, not an object, so that a loop is compiled once per way with nothing to decide inside it.</remarks>
internal interface IByteWindow
{
    /// <summary>Whether this processor has it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The bytes that equal <paramref name="value"/>: bit i stands for byte i.</summary>
    /// <param name="window">The first of 64 readable bytes.</param>
    /// <param name="value">The byte to find.</param>
    static abstract ulong Find(ref readonly byte window, byte value);

    /// <summary>Whether one of <see cref="ByteWindow.BlockLength"/> bytes equals <paramref name="value"/>.</summary>
    /// <param name="block">The first of 256 readable bytes.</param>
    /// <param name="value">The byte to find.</param>
    static abstract bool Contains(ref readonly byte block, byte value);

    /// <summary>The bytes that equal <paramref name="value"/> and have <paramref name="other"/> two bytes behind them.</summary>
    /// <param name="window">The first of 66 readable bytes.</param>
    /// <param name="value">The byte to find.</param>
    /// <param name="other">The byte that must be two behind it.</param>
    static abstract ulong FindPair(ref readonly byte window, byte value, byte other);
}
