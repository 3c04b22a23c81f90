using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Hosts;

/// <summary>An overlay mount with the options that rules ask for; the lower layers are read only where one asks.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class HostOverlay
{
    /// <summary>Reads the options of an overlay mount.</summary>
    /// <param name="mount">The mount, of this or another namespace.</param>
    public HostOverlay(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        Mount = mount;
        bool isFirst = true;
        var options = new OverlayOptionReader(mount.SuperOptions.Span);
        while (options.Read())
        {
            switch (options.Kind)
            {
                case OverlayOptionKind.UpperDirectory:
                    Upper = new BytePath(ByteString.Wrap(OverlayPathEscape.Unescape(options.Value)));
                    break;
                case OverlayOptionKind.WorkDirectory:
                    Work = new BytePath(ByteString.Wrap(OverlayPathEscape.Unescape(options.Value)));
                    break;
                case OverlayOptionKind.Other:
                    IsSuperReadOnly |= isFirst && options.Option.SequenceEqual("ro"u8);
                    IsVolatile |= options.Option.SequenceEqual("volatile"u8) || options.Option.SequenceEqual("fsync=volatile"u8);
                    break;
            }

            isFirst = false;
        }
    }

    /// <summary>The mount.</summary>
    public MountEntry Mount { get; }

    /// <summary>The upper directory as the one who mounted gave it: absolute, or relative to its working directory.</summary>
    public BytePath Upper { get; }

    /// <summary>The work directory, likewise.</summary>
    public BytePath Work { get; }

    /// <summary>The file system as a whole is read-only, whatever the mount says.</summary>
    public bool IsSuperReadOnly { get; }

    /// <summary>It was mounted volatile.</summary>
    public bool IsVolatile { get; }

    /// <summary>It was mounted for reading only.</summary>
    public bool IsMountReadOnly => Mount.Options.Span.StartsWith("ro"u8) && (Mount.Options.Length == 2 || Mount.Options.Span[2] == (byte)',');
}
