using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Simulation;
using static Overlay2.Storage.KernelTests.Simulation.NativeFiles;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Random layers as an engine or an earlier mount leaves them: hard links, whiteouts, opaque directories, attributes, odd modes.</summary>
internal static class LiveLayers
{
    private const int MarkedDirectory = 0x1ED;

    private static readonly string[] s_names = ["a", "b", "c", "d"];

    /// <summary>A layer in memory.</summary>
    /// <param name="random">What decides.</param>
    /// <param name="isBottom">Whether nothing is below, so that nothing can be hidden.</param>
    /// <param name="levels">How deep the directories are.</param>
    public static LayerTree Make(Random random, bool isBottom, int levels = 3)
    {
        LayerTree tree = LayerTree.Empty;
        List<string> files = [];
        Fill("", levels);
        return tree;

        void Fill(string prefix, int left)
        {
            foreach (string name in s_names)
            {
                string path = prefix + name;
                int choice = random.Next(20);
                if (choice < 6 && left > 0)
                {
                    bool opaque = !isBottom && random.Next(5) == 0;
                    tree = tree.WithDirectory(path, random.Next(4) == 0 ? 0x5ED : MarkedDirectory);
                    if (opaque)
                        tree = tree.WithExtendedAttribute(path, "trusted.overlay.opaque", "y"u8);
                    Fill(path + "/", left - 1);
                }
                else if (choice < 12)
                {
                    byte[] bytes = new byte[random.Next(4) == 0 ? random.Next(4096, 9000) : random.Next(0, 300)];
                    random.NextBytes(bytes);
                    tree = tree.WithFile(path, bytes, random.Next(4) switch { 0 => 0x180, 1 => 0x9ED, _ => 0x1A4 });
                    files.Add(path);
                    if (random.Next(3) == 0)
                        tree = tree.WithExtendedAttribute(path, random.Next(2) == 0 ? "user.x" : "trusted.y", bytes.AsSpan(0, Math.Min(20, bytes.Length)));
                }
                else if (choice < 14)
                {
                    tree = tree.WithSymbolicLink(path, s_names[random.Next(s_names.Length)]);
                }
                else if (choice < 16 && files.Count > 0)
                {
                    tree = tree.WithHardLink(path, files[random.Next(files.Count)]);
                }
                else if (choice < 18 && !isBottom)
                {
                    tree = tree.WithWhiteout(path);
                }
            }
        }
    }

    /// <summary>Puts a layer on disk.</summary>
    public static void Build(string folder, LayerTree tree)
    {
        foreach (LayerEntry entry in tree.Entries)
        {
            byte[] real = Text(entry.Path.IsEmpty ? folder : folder + "/" + entry.Path);
            if (entry.HardLinkTo is { } first)
            {
                Assert.Equal(0, link(Text(folder + "/" + first), real));
                continue;
            }

            int made = entry.Type switch
            {
                _ when entry.Path.IsEmpty => 0,
                FileType.Directory => mkdir(real, 0x1FF),
                FileType.SymbolicLink => symlink(Text(entry.LinkTarget.ToString()), real),
                FileType.CharacterDevice => mknod(real, CharacterDevice, 0),
                _ => Write(real, entry),
            };
            Assert.Equal(0, made);
            foreach ((ByteString name, ImmutableArray<byte> value) in entry.ExtendedAttributes)
                Assert.Equal(0, lsetxattr(real, Text(name.ToString()), ImmutableCollectionsMarshal.AsArray(value)!, (nuint)value.Length, 0));
            if (entry.Type != FileType.SymbolicLink)
                Assert.Equal(0, chmod(real, (uint)entry.Mode));
        }

        foreach (LayerEntry entry in tree.Entries.Where(e => e.HardLinkTo is null))
            Assert.Equal(0, utimensat(CurrentDirectory, Text(folder + "/" + entry.Path), [0, 0, 0, 0], AtFlags.NoFollow));
    }

    private static int Write(byte[] real, LayerEntry entry)
    {
        int file = open(real, Storage.Interop.OpenFlags.WriteOnly | Storage.Interop.OpenFlags.Create, 0x1A4);
        foreach (LayerData piece in entry.Content)
            pwrite(file, piece.Bytes.ToArray(), (nuint)piece.Bytes.Length, piece.Offset);
        return close(file);
    }
}
