using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>The Docker Engine with the overlay2 driver of its own.</summary>
internal sealed class DockerEngine : StorageEngine
{
    private DockerEngine()
    {
    }

    public static DockerEngine Value { get; } = new();

    public override LayerStoreKind Kind => LayerStoreKind.DockerClassic;

    public override string Name => "Docker";

    public override BytePath DriverHomeName => DockerNames.DriverHome;

    public override bool HasOverlayDriverLayout => true;

    /// <summary>The engine refuses what is deeper; source: experiments with Docker 20.10 (125 layers of an image, and two of a container).</summary>
    public override int MostLayers => 127;

    public override bool IsConfigured => true;

    /// <summary>Any name that begins like the drivers' is taken for one of Docker's: <c>overlay</c> was the driver before overlay2.</summary>
    public override bool TryGetHome(BytePath mountPoint, BytePath upper, out BytePath home) =>
        OverlayDriverNames.TryGetHome(mountPoint, out home) && home.FileName.Span.StartsWith("overlay"u8) && !home.FileName.Span.SequenceEqual("overlay"u8);
}
