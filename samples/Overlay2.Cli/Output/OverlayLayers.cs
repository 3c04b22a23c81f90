using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Cli.Output;

/// <summary>What an overlay line is made of, decoded: its layers and directories, and the other options in their order.</summary>
internal sealed class OverlayLayers
{
    private OverlayLayers()
    {
    }

    public List<BytePath> Lower { get; } = [];

    public List<BytePath> Data { get; } = [];

    public BytePath? Upper { get; private set; }

    public BytePath? Work { get; private set; }

    /// <summary>Name and value of each other option; no value for a flag. Of a name given twice the last value.</summary>
    public OrderedDictionary<ByteString, ByteString?> Flags { get; } = [];

    public static OverlayLayers Read(ReadOnlySpan<byte> superOptions)
    {
        var overlay = new OverlayLayers();
        byte[] buffer = new byte[superOptions.Length];
        var options = new OverlayOptionReader(superOptions);
        while (options.Read())
            overlay.Add(options, buffer);
        return overlay;
    }

    private void Add(OverlayOptionReader option, byte[] buffer)
    {
        switch (option.Kind)
        {
            case OverlayOptionKind.LowerDirectories:
                Lower.Clear(); // the kernel takes the last lowerdir= alone
                Data.Clear();
                AddLayers(option, buffer);
                break;
            case OverlayOptionKind.AddedLowerDirectory or OverlayOptionKind.AddedDataDirectory:
                AddLayers(option, buffer);
                break;
            case OverlayOptionKind.UpperDirectory:
                Upper = new BytePath(Unescape(option, buffer));
                break;
            case OverlayOptionKind.WorkDirectory:
                Work = new BytePath(Unescape(option, buffer));
                break;
            default:
                Flags[new ByteString(OctalEscape.Unescape(option.Name))] = option.HasValue ? new ByteString(Unescape(option, buffer)) : null;
                break;
        }
    }

    private void AddLayers(OverlayOptionReader option, byte[] buffer)
    {
        OverlayLayerReader layers = option.GetLayers();
        while (layers.Read())
        {
            layers.TryUnescape(buffer, out int length);
            (layers.IsDataOnly ? Data : Lower).Add(new BytePath(buffer.AsSpan(0, length)));
        }
    }

    private static ReadOnlySpan<byte> Unescape(OverlayOptionReader option, byte[] buffer)
    {
        option.TryUnescapeValue(buffer, out int length);
        return buffer.AsSpan(0, length);
    }
}
