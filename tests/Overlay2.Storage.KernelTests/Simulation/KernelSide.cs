using System.Text;
using Overlay2.Storage.Interop;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;
using static Overlay2.Storage.KernelTests.Simulation.NativeFiles;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Makes the calls below a directory of the real kernel and answers as text.</summary>
internal sealed class KernelSide(string root) : IDisposable
{
    private readonly int[] _held = [.. Enumerable.Repeat(-1, LiveOperation.Slots)];

    public void Dispose()
    {
        foreach (int file in _held.Where(file => file >= 0))
            close(file);
    }

    public string Run(LiveOperation o)
    {
        byte[] path = Full(o.Path), other = Full(o.Other);
        return o.Call switch
        {
            LiveCall.MakeDirectory => Answer.Of(LibC.MakeDirectory(path.AsSpan(..^1), (uint)o.Mode).Value),
            LiveCall.Write => WithFile(path, OpenFlags.ReadWrite, o, file => Answer.Of(Error(pwrite(file, o.Bytes, (nuint)o.Bytes.Length, o.Number * 50)))),
            LiveCall.Create => WithFile(path, OpenFlags.WriteOnly | OpenFlags.Create | (o.Number == 0 ? OpenFlags.Exclusive : o.Number == 1 ? OpenFlags.Truncate : 0), o, _ => "OK"),
            LiveCall.Read => WithFile(path, OpenFlags.ReadOnly, o, file => Read(file, o.Number * 50)),
            LiveCall.Truncate => Answer.Of(Error(truncate(path, o.Bytes.Length))),
            LiveCall.MakeSymbolicLink => Answer.Of(Error(symlink(Text(o.Other), path))),
            LiveCall.Link => Answer.Of(Error(link(path, other))),
            LiveCall.Unlink => Answer.Of(LibC.Remove(path.AsSpan(..^1), isDirectory: false).Value),
            LiveCall.RemoveDirectory => Answer.Of(LibC.Remove(path.AsSpan(..^1), isDirectory: true).Value),
            LiveCall.Rename => Rename(path, other, 0),
            LiveCall.Exchange => Rename(path, other, 2),
            LiveCall.RenameNoReplace => Rename(path, other, 1),
            LiveCall.ChangeMode => Answer.Of(Error(chmod(path, (uint)o.Mode))),
            LiveCall.ChangeOwner => Answer.Of(Error(lchown(path, (uint)o.Number, (uint)o.Bytes.Length))),
            LiveCall.SetTimes => Answer.Of(Error(utimensat(CurrentDirectory, path, [o.Number, 1, o.Bytes.Length, 2], AtFlags.NoFollow))),
            LiveCall.SetAttribute => Answer.Of(Error(lsetxattr(path, Text(o.Attribute), o.Bytes, (nuint)o.Bytes.Length, o.Bytes.Length % 3))),
            LiveCall.GetAttribute => Get(path, o.Attribute),
            LiveCall.ListAttributes => List(path),
            LiveCall.RemoveAttribute => Answer.Of(Error(lremovexattr(path, Text(o.Attribute)))),
            LiveCall.ReadDirectory => ReadDirectory(path),
            LiveCall.Stat => Stat(path),
            LiveCall.Hold => Hold(path, o.Number),
            LiveCall.ReadHeld => _held[o.Number] < 0 ? "EBADF" : Read(_held[o.Number], o.Bytes.Length % 200),
            _ => LibC.TryReadLink(LibC.CurrentDirectory, path.AsSpan(..^1), out byte[] target, out Errno error) ? "OK " + Encoding.UTF8.GetString(target) : Answer.Of(error.Value),
        };
    }

    /// <summary>The whole content of a file, in hexadecimal digits.</summary>
    public string ReadAll(string path)
    {
        int file = open(Full(path), OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        if (file < 0)
            return Answer.Of(Errno.Last.Value);
        byte[] bytes = new byte[1 << 16];
        nint count = pread(file, bytes, (nuint)bytes.Length, 0);
        close(file);
        return count < 0 ? Answer.Of(Errno.Last.Value) : Convert.ToHexString(bytes.AsSpan(0, (int)count));
    }

    /// <summary>Device and number of an object, as one text.</summary>
    public string Identity(string path) =>
        LibC.TryStatx(LibC.CurrentDirectory, Full(path).AsSpan(..^1), AtFlags.NoFollow, 0x7FF, out FileStatus s, out Errno error)
            ? $"{s.DeviceMajor}:{s.DeviceMinor} {s.Inode}"
            : Answer.Of(error.Value);

    /// <summary>The value of an attribute, in hexadecimal digits.</summary>
    public string Attribute(string path, string name) => Get(Full(path), name);

    private string Hold(byte[] path, int slot)
    {
        int file = open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec | OpenFlags.NonBlock, 0);
        if (file < 0)
            return Answer.Of(Errno.Last.Value);
        if (_held[slot] >= 0)
            close(_held[slot]);
        _held[slot] = file;
        return "OK";
    }

    private static string Rename(byte[] path, byte[] other, uint flags) => Answer.Of(LibC.Rename(path.AsSpan(..^1), other.AsSpan(..^1), flags).Value);

    private static string WithFile(byte[] path, int flags, LiveOperation o, Func<int, string> use)
    {
        int file = open(path, flags | OpenFlags.CloseOnExec, (uint)o.Mode);
        if (file < 0)
            return Answer.Of(Errno.Last.Value);
        string answer = use(file);
        close(file);
        return answer;
    }

    private static string Read(int file, int offset)
    {
        byte[] bytes = new byte[400];
        nint count = pread(file, bytes, 400, offset);
        return count < 0 ? Answer.Of(Errno.Last.Value) : "OK " + Convert.ToHexString(bytes.AsSpan(0, (int)count));
    }

    private static string Get(byte[] path, string name)
    {
        byte[] value = new byte[1 << 16];
        nint count = lgetxattr(path, Text(name), value, (nuint)value.Length);
        return count < 0 ? Answer.Of(Errno.Last.Value) : "OK " + Convert.ToHexString(value.AsSpan(0, (int)count));
    }

    private static string List(byte[] path)
    {
        byte[] names = new byte[4000];
        nint count = llistxattr(path, names, 4000);
        return count < 0 ? Answer.Of(Errno.Last.Value) : Answer.OfNames(Encoding.UTF8.GetString(names, 0, (int)count).Split('\0', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string ReadDirectory(byte[] path)
    {
        if (!LibC.TryOpen(path.AsSpan(..^1), OpenFlags.Directory | OpenFlags.CloseOnExec, out Microsoft.Win32.SafeHandles.SafeFileHandle file, out Errno error))
            return Answer.Of(error.Value);
        using (file)
        {
            List<string> names = [];
            byte[] buffer = new byte[8192];
            int length;
            while (LibC.TryReadDirectory(file, buffer, out length, out error) && length > 0)
            {
                var records = new DirectoryRecords(buffer.AsSpan(0, length));
                while (records.MoveNext())
                    names.Add(Encoding.UTF8.GetString(records.Name));
            }

            return error.IsError ? Answer.Of(error.Value) : Answer.OfNames(names);
        }
    }

    private static string Stat(byte[] path) =>
        LibC.TryStatx(LibC.CurrentDirectory, path.AsSpan(..^1), AtFlags.NoFollow, 0x7FF, out FileStatus s, out Errno error)
            ? Answer.OfStatus(s.Mode, s.UserId, s.GroupId, s.LinkCount, (long)s.Size)
            : Answer.Of(error.Value);

    private byte[] Full(string path) => Text(root + "/" + path);
}
