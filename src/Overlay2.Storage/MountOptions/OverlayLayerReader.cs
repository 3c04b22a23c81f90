using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>Reads the layers of a <c>lowerdir=</c> value, top layer first, without allocating.</summary>
/// <remarks>
/// <para>A single colon goes to the next layer; from the first <c>::</c> on all layers are data-only. A colon behind a backslash
/// (<c>\:</c>, shown as <c>\134:</c>) belongs to the path. Layers are views of the value, still escaped: see
/// <see cref="TryUnescape"/>. Where the kernel would refuse the value for a colon that is first, last or tripled, an empty layer
/// is read.</para>
/// <para>Not thread-safe. Source: the kernel's document filesystems/overlayfs; Linux 6.18, tried.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public ref struct OverlayLayerReader
{
    private readonly ReadOnlySpan<byte> _value;
    private readonly bool _isOnePath;

    private int _start;
    private int _end;
    private int _next;

    /// <summary>Offset of the window that <see cref="_colons"/> is about.</summary>
    private int _window = -ByteWindow.Length;

    /// <summary>Colons of the window that were not come to yet.</summary>
    private ulong _colons;

    private bool _hasEscapes;
    private bool _isBehindSingleColon;

    /// <summary>Starts before the first layer.</summary>
    /// <param name="lowerDirectories">The value of <c>lowerdir=</c> as mountinfo shows it.</param>
    public OverlayLayerReader(ReadOnlySpan<byte> lowerDirectories)
        : this(lowerDirectories, isOnePath: false)
    {
    }

    internal OverlayLayerReader(ReadOnlySpan<byte> value, bool isOnePath, bool isDataOnly = false)
    {
        _value = value;
        _isOnePath = isOnePath;
        IsDataOnly = isDataOnly;
    }

    /// <summary>The path of the layer, escaped.</summary>
    public readonly ReadOnlySpan<byte> Path => MemoryMarshal.CreateReadOnlySpan(
        in Unsafe.Add(ref MemoryMarshal.GetReference(_value), _start), _end - _start);

    /// <summary>Whether only the data of files is taken from the layer: it is behind a <c>::</c>.</summary>
    public bool IsDataOnly { get; private set; }

    /// <summary>Whether the layer is directly behind a <c>::</c>. The kernel refuses a data-only layer that is not.</summary>
    public bool IsBehindDoubleColon { get; private set; }

    /// <summary>Goes to the next layer.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool Read()
    {
        if (ByteWindow512.IsSupported)
            return Read<ByteWindow512>();
        if (ByteWindow256.IsSupported)
            return Read<ByteWindow256>();
        return ByteWindow128.IsSupported ? Read<ByteWindow128>() : Read<ByteWindowScalar>();
    }

    /// <summary>Decodes the path of the layer into a buffer of the caller's; allocates nothing.</summary>
    /// <param name="destination">Room for the path; as long as <see cref="Path"/> is always enough.</param>
    /// <param name="written">How many bytes were written; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public readonly bool TryUnescape(Span<byte> destination, out int written) => _isOnePath
        ? OctalEscape.TryUnescape(Path, destination, out written)
        : OverlayPathEscape.TryUnescape(Path, destination, out written);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Read<TWindow>()
        where TWindow : struct, IByteWindow
    {
        IsBehindDoubleColon = false;
        while (true)
        {
            int start = _next;
            if (start > _value.Length || _value.IsEmpty)
            {
                _start = _end = 0;
                return false;
            }

            int width = 1;
            int end = _isOnePath ? _value.Length
                : _hasEscapes ? OverlayPathEscape.IndexOfColon(_value, start, out width)
                : FindColon<TWindow>(start, ref width);
            if (end == start && _isBehindSingleColon && end < _value.Length)
            {
                _isBehindSingleColon = false;
                IsDataOnly = IsBehindDoubleColon = true;
                _next = end + width;
                continue;
            }

            _start = start;
            _end = end;
            _next = end < _value.Length ? end + width : _value.Length + 1;
            _isBehindSingleColon = true;
            return true;
        }
    }

    /// <summary>Finds the next colon by windows, until one has a backslash: from there on every byte is looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindColon<TWindow>(int start, ref int width)
        where TWindow : struct, IByteWindow
    {
        ref byte value = ref MemoryMarshal.GetReference(_value);
        while (_colons == 0)
        {
            _window += ByteWindow.Length;
            if (_window >= _value.Length)
                return _value.Length;
            if (ByteWindow.Find<TWindow>(in value, _value.Length, _window, (byte)'\\') != 0)
            {
                _hasEscapes = true;
                return OverlayPathEscape.IndexOfColon(_value, start, out width);
            }

            _colons = ByteWindow.Find<TWindow>(in value, _value.Length, _window, (byte)':');
        }

        int colon = _window + BitOperations.TrailingZeroCount(_colons);
        _colons &= _colons - 1;
        return colon;
    }
}
