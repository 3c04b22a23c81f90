using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.KernelTests.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Makes a layer that nobody should trust: links that loop and lead out, devices, pipes, odd names, damaged marks of overlayfs.</summary>
internal static class DamagedTree
{
    private static readonly string[] s_marks = ["opaque", "redirect", "origin", "impure", "metacopy", "nlink", "whiteout", "protattr", "uuid", "overlay.opaque", "upper"];

    public static void Make(string folder, string outside, bool hasMarks, Random random)
    {
        Fill(Encoding.UTF8.GetBytes(folder), outside, hasMarks, 3, random);
        if (hasMarks)
            Mark(Encoding.UTF8.GetBytes(folder), random);
    }

    private static void Fill(byte[] folder, string outside, bool hasMarks, int levels, Random random)
    {
        foreach (byte[] name in Names(random))
        {
            byte[] path = [.. folder, (byte)'/', .. name];
            switch (random.Next(9))
            {
                case 0 or 1 or 2 when levels > 0:
                    if (LibC.MakeDirectory(path, random.Next(6) == 0 ? 0 : 0x1EDu) == default)
                        Fill(path, outside, hasMarks, levels - 1, random);
                    break;
                case 3:
                    string target = ((string[])[outside, outside + "/secret", "../../../../../../.." + outside, ".", "..", "/", "a", "b", new string('x', 4000), "/proc/self/root" + outside])[random.Next(10)];
                    _ = NativeFiles.symlink(NativeFiles.Text(target), [.. path, 0]);
                    break;
                case 4:
                    _ = LibC.MakeNode(path, ((uint[])[FileStatus.FifoType, FileStatus.SocketType, FileStatus.CharacterDeviceType, FileStatus.BlockDeviceType])[random.Next(4)] | 0x180, 0);
                    break;
                case 5:
                    _ = NativeFiles.link([.. folder, (byte)'/', .. (byte[])[.. "a"u8], 0], [.. path, 0]);
                    break;
                default:
                    // A link of that name is not followed, and a pipe not waited for.
                    int flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.NonBlock;
                    int file = NativeFiles.open([.. path, 0], flags, random.Next(6) == 0 ? 0 : 0x1A4u);
                    if (file < 0)
                        break;
                    byte[] bytes = new byte[random.Next(3) * 700];
                    _ = NativeFiles.pwrite(file, bytes, (nuint)bytes.Length, random.Next(3) * 100_000L);
                    _ = NativeFiles.close(file);
                    break;
            }

            if (hasMarks)
                Mark(path, random);
        }
    }

    private static IEnumerable<byte[]> Names(Random random)
    {
        foreach (string name in (string[])["a", "b", "c", "d"])
            yield return [.. Encoding.UTF8.GetBytes(name)];
        byte[] odd = new byte[random.Next(4) == 0 ? 255 : random.Next(1, 20)];
        for (int i = 0; i < odd.Length; i++)
        {
            int value = random.Next(1, 256);
            odd[i] = (byte)(value == '/' ? 0xff : value);
        }

        yield return odd;
        yield return Encoding.UTF8.GetBytes("#" + random.Next(100).ToString("x", CultureInfo.InvariantCulture));
    }

    /// <summary>Sets marks that are cut off, too long, of another kind, or lead elsewhere.</summary>
    private static void Mark(byte[] path, Random random)
    {
        for (int i = random.Next(3); i > 0; i--)
        {
            string name = (random.Next(4) == 0 ? "user.overlay." : "trusted.overlay.") + s_marks[random.Next(s_marks.Length)];
            byte[] value = random.Next(8) switch
            {
                0 => [],
                1 => [.. "y"u8],
                2 => [.. "x"u8],
                3 => [.. "/../../etc"u8],
                4 => [.. "/a/b"u8],
                5 => [.. "b"u8],
                6 => [0, 0xfb, (byte)random.Next(256), 0, 1, 2, 3],
                _ => Enumerable.Range(0, random.Next(600)).Select(_ => (byte)random.Next(256)).ToArray(),
            };
            _ = NativeFiles.lsetxattr([.. path, 0], NativeFiles.Text(name), value, (nuint)value.Length, 0);
        }
    }
}
