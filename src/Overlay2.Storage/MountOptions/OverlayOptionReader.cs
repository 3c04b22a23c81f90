using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>Reads the super options of an overlay line of mountinfo, one by one, without allocating.</summary>
/// <remarks>
/// <para>Commas separate options; the kernel writes a comma of a path as <c>\054</c>. Each option is split at its first
/// <c>=</c>. A quote counts only directly behind the <c>=</c> of <c>context</c>, <c>fscontext</c>, <c>defcontext</c> and
/// <c>rootcontext</c>, whose commas it hides; anywhere else, and where no second one follows, it is a byte like others. Empty
/// options are passed over. Names and values are views of the text, still escaped.</para>
/// <para>Not thread-safe. Source: the kernel's document filesystems/overlayfs; lines that Linux 6.18 printed.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public ref struct OverlayOptionReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts before the first option.</summary>
    /// <param name="superOptions">The field as mountinfo shows it.</param>
    public OverlayOptionReader(ReadOnlySpan<byte> superOptions) => _rest = superOptions;

    /// <summary>The whole option.</summary>
    public ReadOnlySpan<byte> Option { readonly get; private set; }

    /// <summary>The name: what is before the first <c>=</c>, or the whole option.</summary>
    public ReadOnlySpan<byte> Name { readonly get; private set; }

    /// <summary>The value: what is behind the first <c>=</c>, escaped, with its quotes; empty if there is none.</summary>
    public ReadOnlySpan<byte> Value { readonly get; private set; }

    /// <summary>Which directory the option names.</summary>
    public OverlayOptionKind Kind { readonly get; private set; }

    /// <summary>Whether the option has a <c>=</c>.</summary>
    public readonly bool HasValue => Option.Length != Name.Length;

    /// <summary>Whether the value is in quotes that hide its commas.</summary>
    public bool IsQuoted { readonly get; private set; }

    /// <summary>The layers of the value.</summary>
    /// <returns>All layers of <c>lowerdir=</c>; the one layer of <c>lowerdir+=</c> or <c>datadir+=</c>; none for other options.</returns>
    public readonly OverlayLayerReader GetLayers() => Kind switch
    {
        OverlayOptionKind.LowerDirectories => new OverlayLayerReader(Value),
        OverlayOptionKind.AddedLowerDirectory => new OverlayLayerReader(Value, isOnePath: true),
        OverlayOptionKind.AddedDataDirectory => new OverlayLayerReader(Value, isOnePath: true, isDataOnly: true),
        _ => default,
    };

    /// <summary>Goes to the next option.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool Read()
    {
        do
        {
            if (_rest.IsEmpty)
            {
                Option = Name = Value = default;
                Kind = OverlayOptionKind.Other;
                IsQuoted = false;
                return false;
            }

            Take();
        }
        while (Option.IsEmpty);

        return true;
    }

    /// <summary>Decodes the value into a buffer of the caller's; allocates nothing.</summary>
    /// <param name="destination">Room for the answer; as long as <see cref="Value"/> is always enough.</param>
    /// <param name="written">How many bytes were written; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    /// <remarks><c>upperdir=</c> and <c>workdir=</c> become paths, without the octal and the backslash level. All others lose the
    /// octal level, and quotes. The value of <c>lowerdir=</c> keeps its backslashes, which its colons need: its paths are those of
    /// <see cref="GetLayers"/>.</remarks>
    public readonly bool TryUnescapeValue(Span<byte> destination, out int written) => Kind switch
    {
        OverlayOptionKind.UpperDirectory or OverlayOptionKind.WorkDirectory =>
            OverlayPathEscape.TryUnescape(Value, destination, out written),
        _ => OctalEscape.TryUnescape(IsQuoted ? Value[1..^1] : Value, destination, out written),
    };

    private void Take()
    {
        ReadOnlySpan<byte> rest = _rest;
        int end = rest.IndexOf((byte)',');
        if (end < 0)
            end = rest.Length;
        int equals = rest[..end].IndexOf((byte)'=');
        IsQuoted = false;
        if (equals >= 0 && equals + 1 < end && rest[equals + 1] == SecurityContextOption.Quote && SecurityContextOption.IsName(rest[..equals]))
        {
            int behind = SecurityContextOption.EndOfQuotes(rest, equals + 1);
            IsQuoted = behind >= 0;
            if (IsQuoted)
                end = behind;
        }

        Option = rest[..end];
        _rest = end == rest.Length ? default : rest[(end + 1)..];
        Name = equals < 0 ? Option : Option[..equals];
        Value = equals < 0 ? default : Option[(equals + 1)..];
        Kind = equals < 0 ? OverlayOptionKind.Other : GetKind(Name);
    }

    /// <summary>What an option of this name names if it has a value.</summary>
    internal static OverlayOptionKind GetKind(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("lowerdir"u8))
            return OverlayOptionKind.LowerDirectories;
        if (name.SequenceEqual("upperdir"u8))
            return OverlayOptionKind.UpperDirectory;
        if (name.SequenceEqual("workdir"u8))
            return OverlayOptionKind.WorkDirectory;
        if (name.SequenceEqual("lowerdir+"u8))
            return OverlayOptionKind.AddedLowerDirectory;
        return name.SequenceEqual("datadir+"u8) ? OverlayOptionKind.AddedDataDirectory : OverlayOptionKind.Other;
    }
}
