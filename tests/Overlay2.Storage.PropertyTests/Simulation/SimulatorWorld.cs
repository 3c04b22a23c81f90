using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.PropertyTests.Simulation;

/// <summary>Small random overlays and random calls on them; everything follows from one number.</summary>
internal sealed class SimulatorWorld
{
    private static readonly string[] s_names = ["a", "b", "c", "f"];
    private static readonly string[][] s_options = [[], ["redirect_dir=on"], ["index=on"], ["metacopy=on"], ["redirect_dir=on", "index=on"], ["index=on", "nfs_export=on"]];

    private readonly Random _random;

    private SimulatorWorld(int seed, bool plain)
    {
        _random = new Random(seed);
        var disk = new SimulatedFileSystem(SimulatedFileSystemKind.Ext4);
        var other = new SimulatedFileSystem(SimulatedFileSystemKind.Xfs);
        OverlayMountOptions options = OverlayMountOptions.Empty;
        foreach (string option in plain ? [] : s_options[_random.Next(s_options.Length)])
        {
            string[] parts = option.Split('=');
            options = options.WithAppended(OverlayOption.FromText(parts[0], parts[1]));
        }

        var setup = new SimulationSetup
        {
            Lowers = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => new SimulatedLayer(MakeTree(2), _random.Next(4) == 0 ? other : disk))],
            Upper = new SimulatedLayer(LayerTree.Empty, disk),
            Options = options,
            Profile = KernelProfile.Defaults(new KernelVersion(6, 18, 44)),
        };
        LinuxError error = OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator);
        Simulator = simulator ?? throw new InvalidOperationException("The mount failed: " + error);
        LowerCount = setup.Lowers.Length;
    }

    public OverlaySimulator Simulator { get; }

    public int LowerCount { get; }

    public static SimulatorWorld Make(int seed) => new(seed, plain: false);

    /// <summary>A mount without redirects, whose view is the plain merge of its layers.</summary>
    public static SimulatorWorld MakePlain(int seed) => new(seed, plain: true);

    /// <summary>The next random call, to be made on a simulator as often as one likes; answers as text.</summary>
    public Func<OverlaySimulator, string> NextCall()
    {
        BytePath path = Pick(), other = Pick();
        int mode = _random.Next(3) switch { 0 => 0x1ED, 1 => 0x180, _ => 0x9ED };
        byte[] bytes = new byte[_random.Next(9000)];
        _random.NextBytes(bytes);
        return _random.Next(16) switch
        {
            0 => s => s.MakeDirectory(path, mode).Error.ToString(),
            1 => s => s.Unlink(path).Error.ToString(),
            2 => s => s.RemoveDirectory(path).Error.ToString(),
            3 or 4 => s => s.Rename(path, other, RenameFlags.None).Error.ToString(),
            5 => s => s.Rename(path, other, RenameFlags.Exchange).Error.ToString(),
            6 => s => s.Link(path, other, follow: false).Error.ToString(),
            7 => s => s.ChangeMode(path, mode).Error.ToString(),
            8 => s => s.Truncate(path, bytes.Length).Error.ToString(),
            9 => s => s.MakeSymbolicLink(other, path).Error.ToString(),
            10 => s => s.SetExtendedAttribute(path, ByteString.FromText("user.x"), "v"u8, AttributeMode.Any, follow: false).Error.ToString(),
            11 => s => s.Stat(path, follow: false).Error.ToString(),
            12 => s => s.MakeNode(path, FileType.Fifo, mode, default).Error.ToString(),
            13 => s => s.ChangeOwner(path, 1000, null, follow: false).Error.ToString(),
            _ => s => WriteFile(s, path, bytes),
        };
    }

    /// <summary>A layer as text: every object with all that is stored of it but the times.</summary>
    public static string Show(LayerTree tree)
    {
        var text = new StringBuilder();
        foreach (LayerEntry entry in tree.Entries.OrderBy(e => e.Path))
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Path} {entry.Type} {Convert.ToString(entry.Mode, 8)} {entry.Uid} {entry.Size} {entry.LinkTarget} {entry.HardLinkTo}");
            foreach (LayerData piece in entry.Content)
                text.Append(CultureInfo.InvariantCulture, $" {piece.Offset}:{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(piece.Bytes.Span))}");
            foreach ((ByteString name, System.Collections.Immutable.ImmutableArray<byte> value) in entry.ExtendedAttributes)
                text.Append(CultureInfo.InvariantCulture, $" {name}={Convert.ToHexString(value.AsSpan())}");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What the overlay shows, as text, without changing it.</summary>
    public static string ShowView(OverlaySimulator simulator) => simulator.Preview(static s =>
    {
        var text = new StringBuilder();
        AddView(s, default, text);
        return text.ToString();
    });

    private static void AddView(OverlaySimulator simulator, BytePath path, StringBuilder text)
    {
        FileStatus? status = simulator.Stat(path, follow: false).Value;
        text.Append(path).Append(' ').Append(status?.Type).Append(' ').Append(status?.Mode).Append(' ').Append(status?.Size).Append('\n');
        if (status?.Type != FileType.Directory)
            return;
        foreach (DirectoryEntry entry in simulator.ReadDirectory(path).Value.OrderBy(e => e.Name))
            AddView(simulator, path.Combine(new BytePath(entry.Name)), text);
    }

    private static string WriteFile(OverlaySimulator simulator, BytePath path, byte[] bytes)
    {
        OperationResult<int> file = simulator.Open(path, OpenFlags.ReadWrite | OpenFlags.Create, 0x1A4);
        if (!file.IsSuccess)
            return file.Error.ToString();
        string answer = simulator.Write(file.Value, bytes.Length / 2, bytes).Value.ToString(CultureInfo.InvariantCulture);
        simulator.Close(file.Value);
        return answer;
    }

    private BytePath Pick()
    {
        string name = s_names[_random.Next(s_names.Length)];
        return BytePath.FromText(_random.Next(3) switch
        {
            0 => name,
            1 => s_names[_random.Next(3)] + "/" + name,
            _ => s_names[_random.Next(3)] + "/" + s_names[_random.Next(3)] + "/" + name,
        });
    }

    private LayerTree MakeTree(int depth)
    {
        LayerTree tree = LayerTree.Empty;
        Fill("", depth);
        return tree;

        void Fill(string prefix, int levels)
        {
            foreach (string name in s_names)
            {
                string path = prefix + name;
                switch (_random.Next(6))
                {
                    case 0 or 1 when levels > 0:
                        tree = tree.WithDirectory(path);
                        if (_random.Next(5) == 0)
                            tree = tree.WithExtendedAttribute(path, "trusted.overlay.opaque", "y"u8);
                        Fill(path + "/", levels - 1);
                        break;
                    case 2:
                        tree = tree.WithFile(path, new byte[_random.Next(10000)]);
                        break;
                    case 3:
                        tree = tree.WithWhiteout(path);
                        break;
                    case 4:
                        tree = tree.WithSymbolicLink(path, s_names[_random.Next(3)]);
                        break;
                }
            }
        }
    }
}
