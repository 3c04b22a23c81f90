using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>One line of a mount matrix: options, module parameters and layers of one mount, without the answer.</summary>
internal sealed class MountMatrixCase
{
    public required string Case { get; init; }

    public required Dictionary<string, string> Params { get; init; }

    public required string Layout { get; init; }

    public required string[] Options { get; init; }

    /// <summary>Reads a line; members that hold an answer are left alone.</summary>
    public static MountMatrixCase Read(ReadOnlySpan<byte> line)
    {
        MountMatrixCase? read;
        try
        {
            read = JsonSerializer.Deserialize(line, MountMatrixJsonContext.Default.MountMatrixCase);
        }
        catch (JsonException e)
        {
            throw new MountMatrixFormatException($"Not a line of a mount matrix: {e.Message}", e);
        }

        if (read is not { Case: not null, Params: not null, Layout: not null, Options: not null }
            || read.Params.ContainsValue(null!) || Array.IndexOf(read.Options, null) >= 0)
        {
            throw new MountMatrixFormatException("A line of a mount matrix has the members case, params, layout and options, without nulls in them.");
        }

        return read;
    }

    public EffectiveOptions Resolve(KernelProfile profile)
    {
        foreach ((string name, string value) in Params)
            profile = profile.WithParameter(name, value);

        return EffectiveOptions.Resolve(ParseOptions(), profile, MountMatrixLayout.Of(Case));
    }

    public OverlayMountOptions ParseOptions()
    {
        IEnumerable<string> parts = Layout.Length > 0 ? Options.Prepend(Layout) : Options;
        return OverlayMountOptions.ParseMountData(ByteString.FromText(string.Join(',', parts)).Span);
    }
}
