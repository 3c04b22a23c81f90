using Overlay2.Storage.Bytes;
using Overlay2.Storage.KernelTests.Simulation;
using Overlay2.Storage.Layers;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Operations at random on the paths that <see cref="PlainLayers"/> makes.</summary>
internal static class RandomAction
{
    public static OverlayOperation Next(Random random)
    {
        BytePath target = BytePath.FromText(LiveOperation.RandomPath(random));
        ByteString name = ByteString.FromText(random.Next(2) == 0 ? "user.x" : "trusted.y");
        int mode = random.Next(2) == 0 ? 0x1ED : 0x180;
        return random.Next(17) switch
        {
            0 => OverlayOperation.Read,
            1 => OverlayOperation.Append(random.Next(300)),
            2 => OverlayOperation.Write(random.Next(300)),
            3 => OverlayOperation.Empty,
            4 => OverlayOperation.Truncate(random.Next(9000)),
            5 => OverlayOperation.Create(mode),
            6 => OverlayOperation.MakeDirectory(mode),
            7 => OverlayOperation.Unlink,
            8 => OverlayOperation.RemoveDirectory,
            9 or 10 => OverlayOperation.Rename(target),
            11 => OverlayOperation.HardLink(target),
            12 => OverlayOperation.SymbolicLink(target),
            13 => OverlayOperation.ChangeMode(mode),
            14 => OverlayOperation.ChangeOwner((uint)random.Next(3), random.Next(2) == 0 ? null : 7),
            15 => OverlayOperation.Touch,
            _ => random.Next(2) == 0 ? OverlayOperation.SetAttribute(name, ByteString.FromText("v")) : OverlayOperation.RemoveAttribute(name),
        };
    }
}
