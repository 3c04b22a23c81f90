using System.Runtime.InteropServices;

namespace Overlay2.Storage.MountOptions;

/// <summary>The three directory options of an overlay line, found in one pass without allocating.</summary>
/// <remarks>Values are views of the text, still escaped. Layers that were added one by one (<c>lowerdir+=</c>,
/// <c>datadir+=</c>) are not here: <see cref="OverlayOptionReader"/> reads them. Thread-safe.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct OverlayDirectories
{
    private OverlayDirectories(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, ReadOnlySpan<byte> work)
    {
        LowerDirectories = lower;
        UpperDirectory = upper;
        WorkDirectory = work;
    }

    /// <summary>The value of <c>lowerdir=</c>; empty if there is none. <see cref="OverlayLayerReader"/> splits it.</summary>
    public ReadOnlySpan<byte> LowerDirectories { get; }

    /// <summary>The value of <c>upperdir=</c>; empty if there is none. <see cref="OverlayPathEscape"/> decodes it.</summary>
    public ReadOnlySpan<byte> UpperDirectory { get; }

    /// <summary>The value of <c>workdir=</c>; empty if there is none. <see cref="OverlayPathEscape"/> decodes it.</summary>
    public ReadOnlySpan<byte> WorkDirectory { get; }

    /// <summary>Finds the directories; where an option is given twice, the last one counts.</summary>
    /// <param name="superOptions">The field as mountinfo shows it.</param>
    public static OverlayDirectories Find(ReadOnlySpan<byte> superOptions)
    {
        ReadOnlySpan<byte> lower = default, upper = default, work = default;
        var reader = new OverlayOptionReader(superOptions);
        while (reader.Read())
        {
            switch (reader.Kind)
            {
                case OverlayOptionKind.LowerDirectories: lower = reader.Value; break;
                case OverlayOptionKind.UpperDirectory: upper = reader.Value; break;
                case OverlayOptionKind.WorkDirectory: work = reader.Value; break;
            }
        }

        return new OverlayDirectories(lower, upper, work);
    }
}
