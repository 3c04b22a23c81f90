using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Bytes read as layers, options, a kernel and calls.</summary>
internal sealed class SimulatorProgram(byte[] bytes)
{
    private const int MostCalls = 200;

    /// <summary>How many of the names can be those of an entry.</summary>
    private const int PlainNames = 9;

    private static readonly string[] s_marks = ["opaque", "redirect", "metacopy", "origin", "impure", "nlink", "protattr", "whiteout", "uuid", "upper", "overlay.opaque", ""];
    private static readonly string[] s_options = ["redirect_dir=on", "redirect_dir=nofollow", "index=on", "metacopy=on", "nfs_export=on", "xino=on", "userxattr", "volatile", "uuid=off", "verity=on"];
    private static readonly string[] s_kernels = ["3.18", "4.0", "4.9", "4.14", "5.10", "6.1", "6.12.113", "6.18.44", "7.3"];
    private static readonly long[] s_sizes = [0, 1, 4095, 4096, 4097, 70_000, 1 << 20, (1L << 44) - 4096, 1L << 44, 1L << 62, long.MaxValue - 1, long.MaxValue, -1, long.MinValue];
    private static readonly byte[][] s_names = [.. ((string[])["a", "b", "c", "d", "e", "#1", "index"]).Select(n => System.Text.Encoding.UTF8.GetBytes(n)), [0xff, 0xfe], [.. Enumerable.Repeat((byte)'n', 255)], "."u8.ToArray(), ".."u8.ToArray(), [.. Enumerable.Repeat((byte)'n', 256)], []];

    private readonly List<int> _files = [];
    private readonly List<int> _maps = [];
    private readonly List<ByteString> _handles = [];
    private int _at;

    public void Run()
    {
        var first = new SimulatedFileSystem((SimulatedFileSystemKind)(Next() % 3), Next() % 4 == 0 ? Next() : null);
        var second = new SimulatedFileSystem((SimulatedFileSystemKind)(Next() % 3));
        OverlayMountOptions options = OverlayMountOptions.Empty;
        for (int count = Next() % 4; count > 0; count--)
        {
            string[] parts = s_options[Next() % s_options.Length].Split('=');
            options = options.WithAppended(OverlayOption.FromText(parts[0], parts.Length > 1 ? parts[1] : null));
        }

        OverlaySimulator? simulator;
        try
        {
            SimulatedLayer Layer() => new(Tree(), Next() % 4 == 0 ? second : first);
            var setup = new SimulationSetup
            {
                Profile = KernelProfile.Defaults(KernelVersion.Parse(s_kernels[Next() % s_kernels.Length])),
                Options = options,
                Upper = Next() % 8 == 0 ? null : Layer(),
                Lowers = [.. Enumerable.Range(0, 1 + (Next() % 3)).Select(_ => Layer())],
                DataLayers = Next() % 8 == 0 ? [Layer()] : [],
            };
            if (OverlaySimulator.TryMount(setup, out simulator) != LinuxError.OK)
                return;
        }
        catch (LayerException)
        {
            return; // a layer that cannot be
        }

        for (int i = 0; i < MostCalls && _at < bytes.Length; i++)
        {
            Func<OverlaySimulator, string> call = Call(simulator!);
            string expected = simulator!.Preview(call), answer = call(simulator);
            if (expected != answer)
                throw new InvalidOperationException($"The preview said {expected}, the call {answer}.");
        }

        try
        {
            simulator!.ReadUpper();
        }
        catch (LayerException)
        {
            // A tree deeper than any path.
        }
    }

    private byte Next() => _at < bytes.Length ? bytes[_at++] : (byte)0;

    private byte[] Take(int length)
    {
        length = Math.Min(length, bytes.Length - _at);
        byte[] taken = bytes[_at..(_at + length)];
        _at += length;
        return taken;
    }

    private BytePath Path()
    {
        int count = Next() % 5;
        List<byte> path = [];
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                path.Add((byte)'/');
            path.AddRange(s_names[Next() % s_names.Length]);
        }

        return new BytePath(path.ToArray());
    }

    private long Size() => s_sizes[Next() % s_sizes.Length];

    private LayerTree Tree()
    {
        LayerTree tree = LayerTree.Empty;
        for (int i = Next() % 12; i > 0; i--)
        {
            var type = (FileType)(Next() % 7);
            LayerEntry place = tree.Entries[Next() % tree.Entries.Length];
            ByteString name = new(s_names[Next() % PlainNames]);
            BytePath path = place.Type == FileType.Directory && place.HardLinkTo is null ? place.Path.Combine(new BytePath(name)) : new BytePath(name);
            LayerEntry entry = new()
            {
                Path = path,
                Type = type,
                Mode = Next() << 3,
                Uid = Next() % 2u,
                Size = type == FileType.Regular ? 16 + (Size() & 0xFFFFFFFFFF) : 0,
                Content = type == FileType.Regular && Next() % 2 == 0 ? [new LayerData(Next(), Take(Next() % 16))] : [],
                LinkTarget = Path() is { IsEmpty: false } target ? target : path,
                HardLinkTo = Next() % 8 == 0 && place.Type != FileType.Directory && place.HardLinkTo is null ? place.Path : null,
                Device = new DeviceNumber(Next() % 2, 0),
            };
            for (int marks = Next() % 3; marks > 0; marks--)
            {
                bool user = type is FileType.Regular or FileType.Directory && Next() % 4 == 0;
                string mark = (user ? "user." : "trusted.") + "overlay." + s_marks[Next() % (s_marks.Length - 1)];
                byte[] value = (Next() % 3) switch { 0 => "y"u8.ToArray(), 1 => [(byte)'/', .. s_names[Next() % 5]], _ => Take(Next() % 40) };
                entry = entry with { ExtendedAttributes = entry.ExtendedAttributes.SetItem(ByteString.FromText(mark), [.. value]) };
            }

            // A name that is there already would end the program: it is left out.
            if (tree.Entries.All(e => e.Path != path))
                tree = tree.With(entry);
        }

        return tree;
    }

    private Func<OverlaySimulator, string> Call(OverlaySimulator simulator)
    {
        BytePath path = Path(), other = Path();
        int mode = Next() << 4, choice = Next();
        long size = Size(), offset = Size();
        byte[] data = Take(Next() % 64);
        int file = _files.Count > 0 ? _files[choice % _files.Count] : 3, target = _files.Count > 0 ? _files[mode % _files.Count] : 3;
        bool flag = (choice & 1) != 0;
        ByteString name = ByteString.FromText(choice % 4 == 0 ? "trusted.overlay." + s_marks[choice % s_marks.Length] : choice % 4 == 1 ? "user.x" : choice % 4 == 2 ? "system.posix_acl_access" : "security.capability");
        simulator.Caller = choice % 5 == 0 ? Credentials.User(1) : Credentials.Root;
        switch (Next() % 33)
        {
            case 0: return s => Of(s.MakeDirectory(path, mode));
            case 1: return s => Of(s.MakeNode(path, (FileType)(choice % 7), mode, new DeviceNumber(choice % 2, mode)));
            case 2: return s => Of(s.MakeSymbolicLink(other, path));
            case 3: return s => Of(s.Link(path, other, flag));
            case 4: return s => Of(s.Unlink(path));
            case 5: return s => Of(s.RemoveDirectory(path));
            case 6 or 7: return s => Of(s.Rename(path, other, (RenameFlags)(choice % 8)));
            case 8: return s => Of(s.Truncate(path, size));
            case 9: return s => Of(s.ChangeMode(path, mode));
            case 10: return s => Of(s.ChangeOwner(path, flag ? null : (uint)mode, (uint)choice, flag));
            case 11: return s => Of(s.SetTimes(path, size, offset, flag));
            case 12: return s => Of(s.SetExtendedAttribute(path, name, data, (AttributeMode)(choice % 3), flag));
            case 13: return s => s.GetExtendedAttribute(path, name, flag).Error.ToString();
            case 14: return s => Of(s.RemoveExtendedAttribute(path, name, flag));
            case 15: return s => s.ListExtendedAttributes(path, flag).Error.ToString();
            case 16: return s => s.ReadDirectory(path).Error.ToString();
            case 17: return s => s.Stat(path, flag).Error.ToString();
            case 18: return s => Of(s.SetFlags(path, (FileAttributeFlags)choice, (FileAttributeFlags)mode));
            case 19: return s => s.ReadLink(path).Error.ToString();
            case 20 or 21:
                OperationResult<int> opened = simulator.Open(path, (OpenFlags)(choice | (mode << 4)), mode);
                if (opened.IsSuccess)
                    _files.Add(opened.Value);
                return s => s.Access(path, choice % 8).Error.ToString();
            case 22: return s => Of(s.Write(file, offset, data));
            case 23: return s => Of(s.Read(file, offset, data.Length));
            case 24: return s => Of(s.TruncateDescriptor(file, size));
            case 25: return s => Of(s.Allocate(file, (AllocationMode)(choice % 4), offset, size));
            case 26: return s => Of(s.CopyRange(file, offset, target, size, Math.Min(size, 1 << 16)));
            case 27: return s => Of(s.Seek(file, offset, flag));
            case 28: return s => s.ReadDirectory(file, flag).Error.ToString();
            case 29:
                OperationResult<int> map = simulator.Map(file);
                if (map.IsSuccess)
                    _maps.Add(map.Value);
                int mapping = _maps.Count > 0 ? _maps[choice % _maps.Count] : 0;
                return s => Of(s.ReadMapping(mapping, offset, data.Length));
            case 30:
                OperationResult<ByteString> handle = simulator.EncodeHandle(path);
                if (handle.IsSuccess)
                    _handles.Add(handle.Value);
                ByteString given = flag || _handles.Count == 0 ? new ByteString(data) : _handles[choice % _handles.Count];
                return s => s.StatHandle(given).Error.ToString();
            case 31: return s => Of(s.LinkDescriptor(file, path));
            default: return s => Of(s.Close(file));
        }
    }

    private static string Of(OperationResult result) => result.Error + " " + result.Effects.Count.ToString(CultureInfo.InvariantCulture);

    private static string Of<T>(OperationResult<T> result) => result.Error + " " + result.Effects.Count.ToString(CultureInfo.InvariantCulture);
}
