using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>Finds the upper directory in the super options of an overlay mount, without reading the other options.</summary>
internal static class UpperDirectoryOption
{
    /// <summary>The path that the last <c>upperdir=</c> names, as <see cref="OverlayMountOptions.Upper"/> has it; the empty path where there is none.</summary>
    /// <param name="superOptions">The field as the kernel wrote it, with its octal escapes.</param>
    public static BytePath Find(ReadOnlySpan<byte> superOptions)
    {
        ReadOnlySpan<byte> escaped = default;
        var reader = new OverlayOptionReader(superOptions);
        while (reader.Read())
        {
            if (reader.Kind == OverlayOptionKind.UpperDirectory)
                escaped = reader.Value;
        }

        return new BytePath(ByteString.Wrap(OverlayPathEscape.Unescape(escaped)));
    }
}
