using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.KernelTests.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Adds to a layer what <see cref="PlainLayers"/> does not make: hard links, holes, whiteouts, pipes, attributes.</summary>
internal static class MoreObjects
{
    public static void Add(string folder, Random random)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => File.ResolveLinkTarget(file, false) is null).Order(StringComparer.Ordinal)];
        foreach (string file in files)
        {
            string beside = Path.Combine(Path.GetDirectoryName(file)!, ((string[])["a", "b", "c", "d"])[random.Next(4)]);
            bool isFree = !Path.Exists(beside) && File.ResolveLinkTarget(file, false) is null;
            switch (random.Next(5))
            {
                case 0 when isFree:
                    Assert.Equal(0, NativeFiles.Error(NativeFiles.link(NativeFiles.Text(file), NativeFiles.Text(beside))));
                    break;
                case 1:
                    using (FileStream hole = File.OpenWrite(file))
                        hole.SetLength(random.Next(1 << 20));
                    break;
                case 2:
                    Assert.Equal(default, LibC.SetExtendedAttribute(Encoding.UTF8.GetBytes(file), "user.x"u8, "1"u8));
                    break;
                case 3 when isFree:
                    _ = LibC.MakeNode(Encoding.UTF8.GetBytes(beside), FileStatus.CharacterDeviceType, 0);
                    break;
            }
        }
    }
}
