using System.ComponentModel;
using System.Runtime.InteropServices;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>An overlay of the running kernel, its layers on one tmpfs; the current directory of the thread is its root.</summary>
/// <remarks>Only on a thread that went through <see cref="EnterPrivateNamespace"/>; everything is gone with that thread.</remarks>
internal sealed unsafe class KernelTarget : IOperationTarget
{
    private const int BufferLength = 32 * 1024;
    private const int FileTypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferLength, pinned: true);
    private readonly byte* _data;
    private readonly string _root;

    /// <param name="lowers">The lower layers, topmost first.</param>
    /// <param name="root">An empty directory to mount on.</param>
    public KernelTarget(LayerTree[] lowers, string root)
    {
        _data = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        _root = root;
        Check(NativeCalls.Mount("tmpfs", root, "tmpfs", 0, "mode=755"));
        foreach (string name in (ReadOnlySpan<string>)["upper", "work", "merged"])
            Directory.CreateDirectory(Path.Combine(root, name));
        for (int i = 0; i < lowers.Length; i++)
            WriteLayer(lowers[i], LowerPath(i));

        string layers = string.Join(':', Enumerable.Range(0, lowers.Length).Select(LowerPath));
        string options = string.Concat(SampleLayers.Options.Options.Select(static option => "," + option.Name + "=" + option.Value));
        string merged = Path.Combine(root, "merged");
        Check(NativeCalls.Mount("overlay", merged, "overlay", 0, $"lowerdir={layers},upperdir={root}/upper,workdir={root}/work{options}"));
        Check(NativeCalls.ChangeDirectory(merged));
    }

    public static void EnterPrivateNamespace()
    {
        Check(NativeCalls.Unshare(NativeCalls.NewMountNamespace));
        Check(NativeCalls.Mount("none", "/", null, NativeCalls.MountPrivateTree, null));
        _ = NativeCalls.SetUmask(0b000_010_010);
    }

    public void Dispose()
    {
        Check(NativeCalls.ChangeDirectory("/"));
        Check(NativeCalls.Unmount(Path.Combine(_root, "merged"), 0));
        Check(NativeCalls.Unmount(_root, 0));
    }

    public long Run(Operation operation)
    {
        fixed (byte* path = operation.NativePath, other = operation.NativeOther, name = "user.note\0"u8, value = "value"u8)
        {
            return operation.Kind switch
            {
                OperationKind.Stat => Stat(path),
                OperationKind.Read => Read(path, operation.Number),
                OperationKind.Write => Write(path, operation.Number),
                OperationKind.ReadDirectory => ReadDirectory(path),
                OperationKind.MakeDirectory => Answer(NativeCalls.MakeDirectory(path, 0b111_101_101)),
                OperationKind.RemoveDirectory => Answer(NativeCalls.RemoveDirectory(path)),
                OperationKind.Unlink => Answer(NativeCalls.Unlink(path)),
                OperationKind.Rename => Answer(NativeCalls.Rename(path, other)),
                OperationKind.ChangeMode => Answer(NativeCalls.ChangeMode(path, (uint)operation.Number)),
                OperationKind.ChangeOwner => Answer(NativeCalls.ChangeOwner(path, (uint)operation.Number, uint.MaxValue)),
                OperationKind.Link => Answer(NativeCalls.Link(path, other)),
                OperationKind.MakeSymbolicLink => Answer(NativeCalls.MakeSymbolicLink(other, path)),
                OperationKind.ReadLink => Answer(NativeCalls.ReadLink(path, _data, BufferLength)),
                OperationKind.SetExtendedAttribute => Answer(NativeCalls.SetExtendedAttribute(path, name, value, 5, 0)),
                OperationKind.GetExtendedAttribute => Answer(NativeCalls.GetExtendedAttribute(path, name, _data, BufferLength)),
                OperationKind.Truncate => Answer(NativeCalls.Truncate(path, operation.Number)),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            };
        }
    }

    private static long Answer(nint result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void WriteLayer(LayerTree tree, string directory)
    {
        foreach (LayerEntry entry in tree.Entries)
        {
            string path = Path.Combine(directory, entry.Path.ToString());
            if (entry.Type == FileType.Directory)
                Directory.CreateDirectory(path);
            else
                File.WriteAllBytes(path, entry.Content[0].Bytes.ToArray());
        }
    }

    private string LowerPath(int index) => FormattableString.Invariant($"{_root}/lower{index}");

    private long Stat(byte* path)
    {
        const int ModeOffset = 28;
        const int SizeOffset = 40;
        if (NativeCalls.GetStatus(NativeCalls.CurrentDirectory, path, 0, NativeCalls.BasicStatus, _data) != 0)
            return -Marshal.GetLastPInvokeError();
        int mode = *(ushort*)(_data + ModeOffset);
        bool isRegular = (mode & FileTypeMask) == RegularFile;
        mode &= ~FileTypeMask;
        return isRegular ? (*(long*)(_data + SizeOffset) << 13) | 0x1000L | (uint)mode : mode;
    }

    private long Read(byte* path, int length)
    {
        int file = NativeCalls.Open(path, NativeCalls.CloseOnExec, 0);
        if (file < 0)
            return -Marshal.GetLastPInvokeError();
        long answer = Answer(NativeCalls.Read(file, _data, (nuint)length, 0));
        _ = NativeCalls.Close(file);
        return answer;
    }

    private long Write(byte* path, int length)
    {
        int file = NativeCalls.Open(path, NativeCalls.WriteOnly | NativeCalls.Create | NativeCalls.CloseOnExec, 0b110_100_100);
        if (file < 0)
            return -Marshal.GetLastPInvokeError();
        long answer = Answer(NativeCalls.Write(file, _data, (nuint)length, 0));
        _ = NativeCalls.Close(file);
        return answer;
    }

    private long ReadDirectory(byte* path)
    {
        const int LengthOffset = 16;
        const int DotEntries = 2;
        int directory = NativeCalls.Open(path, NativeCalls.Directory | NativeCalls.CloseOnExec, 0);
        if (directory < 0)
            return -Marshal.GetLastPInvokeError();
        long count = -DotEntries;
        nint read;
        while ((read = NativeCalls.ReadEntries(directory, _data, BufferLength)) > 0)
        {
            for (nint offset = 0; offset < read; offset += *(ushort*)(_data + offset + LengthOffset))
                count++;
        }

        long answer = read == 0 ? count : Answer(read);
        _ = NativeCalls.Close(directory);
        return answer;
    }
}
