using System.Buffers.Text;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0401: the first write to a file of a lower layer copies it whole.</summary>
internal sealed class RoomRule() : LibraryRule("OVL0401", DiagnosisStage.Capability)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasAnyEngine || !context.TryGet(context.Snapshot.FileSystems, out _))
            return;

        foreach (DriverHomeView home in context.LiveHomes)
        {
            if (context.FindFileSystem(home) is not { TotalBytes: > 0 } room)
                continue;
            if (room.AvailableBytes == 0)
                Report(context, FindingSeverity.Error, FindingStatus.Confirmed, home, room, "Nothing more can be written below the driver home.", []);
            else if (FindLargest(home) is { } largest && largest.Size > room.AvailableBytes)
                Report(context, FindingSeverity.Warning, FindingStatus.Suspected, home, room, "Less room is left than the largest image layer holds: a write to one large file of it fails, since it is copied whole first.", [Describe(largest)]);
        }
    }

    private static void Report(
        DiagnosisContext context, FindingSeverity severity, FindingStatus status, DriverHomeView home, SnapshotFileSystem room, string message, FindingEvidence[] more) => context.Report(
        severity, status, new FindingSubject(FindingSubjectKind.FileSystem, home.Home), message, $"room:{room.Path}",
        [new FindingEvidence(room.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"{room.AvailableBytes} of {room.TotalBytes} bytes are free")), .. more]);

    private static FindingEvidence Describe((ByteString ChainId, ulong Size) layer) =>
        new("layer database", string.Create(CultureInfo.InvariantCulture, $"the layer {layer.ChainId} holds {layer.Size} bytes"));

    private static (ByteString ChainId, ulong Size)? FindLargest(DriverHomeView home)
    {
        (ByteString ChainId, ulong Size)? largest = null;
        foreach (DockerImageLayer layer in (home.Store as DockerClassicStore)?.ImageLayers ?? [])
        {
            if (Utf8Parser.TryParse(layer.Size.Trimmed.Span, out ulong size, out int length) && length == layer.Size.Trimmed.Length && size > (largest?.Size ?? 0))
                largest = (layer.ChainId, size);
        }

        return largest;
    }
}
