using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>One mount option as the kernel gets it: after the octal level of mountinfo, before the backslash level of layer paths.</summary>
/// <param name="Name">The name, such as <c>index</c> or <c>lowerdir+</c>.</param>
/// <param name="Value">The value, possibly empty; <see langword="null"/> for a flag, which has no <c>=</c>. The value of a security
/// context keeps its quotes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OverlayOption(ByteString Name, ByteString? Value)
{
    /// <summary>An option of text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value; <see langword="null"/> for a flag.</param>
    public static OverlayOption FromText(string name, string? value = null) =>
        new(ByteString.FromText(name), value is null ? null : ByteString.FromText(value));

    /// <summary>Which directory the option names.</summary>
    internal OverlayOptionKind Kind => Value is null ? OverlayOptionKind.Other : OverlayOptionReader.GetKind(Name.Span);

    /// <summary>The directory of an option that names just one; <see langword="null"/> for <c>lowerdir</c> and for options that name none.</summary>
    internal LayerPath? Layer => Kind switch
    {
        OverlayOptionKind.AddedLowerDirectory => new LayerPath(new BytePath(Value!.Value), LayerRole.Lower),
        OverlayOptionKind.AddedDataDirectory => new LayerPath(new BytePath(Value!.Value), LayerRole.Data),
        OverlayOptionKind.UpperDirectory => new LayerPath(LayerEscape.Unescape(Value!.Value.Span), LayerRole.Upper),
        OverlayOptionKind.WorkDirectory => new LayerPath(LayerEscape.Unescape(Value!.Value.Span), LayerRole.Work),
        _ => null,
    };

    /// <summary>Whether this is the option of that name.</summary>
    /// <param name="name">The name in UTF-8.</param>
    public bool Is(ReadOnlySpan<byte> name) => Name.Span.SequenceEqual(name);

    /// <summary>The option as <c>name=value</c>, for showing.</summary>
    public override string ToString() => Value is { } value ? $"{Name}={value}" : Name.ToString();
}
