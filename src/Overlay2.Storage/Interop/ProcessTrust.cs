using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Whether the word of a process counts: its name and its arguments are what whoever started it likes.</summary>
/// <remarks>
/// A process counts that is root's or the caller's in every respect, in the namespaces of the host, and that runs a file about which only these two decide
/// (<see cref="TrustedPath"/>). The kernel tells that in <c>/proc</c>, and nothing that the process can write. The process is held meanwhile by its open
/// directory: another one that gets its number is never taken for it.
/// </remarks>
internal static class ProcessTrust
{
    private const int MostBytes = 1 << 16;

    private static readonly byte[] s_deleted = " (deleted)"u8.ToArray();

    /// <summary>Opens a process's directory.</summary>
    /// <param name="proc">A live proc file system.</param>
    /// <param name="processId">The process, as that shows it.</param>
    /// <param name="process">The directory, to be disposed.</param>
    public static bool TryOpen(ReadOnlySpan<byte> proc, int processId, out SafeFileHandle process) =>
        LibC.TryOpen(Join(proc, processId.ToString(CultureInfo.InvariantCulture)), OpenFlags.Path | OpenFlags.Directory, out process, out _);

    /// <summary>Reads a file of a process.</summary>
    /// <returns>What is in it; nothing where it cannot be read.</returns>
    public static byte[] Read(SafeFileHandle process, ReadOnlySpan<byte> name, int maxLength)
    {
        byte[] content = [];
        bool isOpen = LibC.TryOpenAt(process, name, OpenFlags.ReadOnly, out SafeFileHandle opened, out _);
        using SafeFileHandle file = opened;
        return isOpen && BoundedFile.TryRead(file, maxLength, out content, out _) ? content : [];
    }

    /// <summary>The file name of the program that a process runs, whatever it calls itself; empty where that cannot be seen.</summary>
    public static byte[] ProgramOf(SafeFileHandle process) => TryReadProgram(process, out byte[] path, out _, out _) ? path[(path.LastIndexOf((byte)'/') + 1)..] : [];

    /// <summary>Why the word of a process does not count; <see langword="null"/> if it does.</summary>
    /// <param name="process">The process's directory.</param>
    /// <param name="proc">The proc file system that it is in.</param>
    /// <param name="root">The root directory in which its program's path leads to its program.</param>
    /// <param name="namespaces">The names of the namespaces in which it must be, in those of the caller or of the first process: <c>mnt</c>, <c>pid</c>.</param>
    public static string? FindDoubt(SafeFileHandle process, ReadOnlySpan<byte> proc, ReadOnlySpan<byte> root, ReadOnlySpan<string> namespaces)
    {
        foreach (string name in namespaces)
        {
            byte[] its = NamespaceOf(process, name);
            if (its.Length > 0 && !its.AsSpan().SequenceEqual(NamespaceOf("/proc/thread-self"u8, name)) && !its.AsSpan().SequenceEqual(NamespaceOf(Join(proc, "1"), name)))
                return $"nested: it is in another {name} namespace than the host's";
        }

        if (FindDoubtOfUser(process, out uint user) is { } doubt)
            return doubt;

        // Without privileges nothing more is seen of root's processes, and a caller has no rights that their word could turn against somebody.
        if (user != LibC.GetUserId())
            return null;
        foreach (string name in namespaces)
        {
            if (NamespaceOf(process, name).Length == 0)
                return $"not believed: its {name} namespace cannot be seen";
        }

        return FindDoubtOfProgram(process, root) is { } fault ? $"not believed: {fault}" : null;
    }

    /// <summary>Why the word of a process does not count because of whose it is; <see langword="null"/> if it does.</summary>
    /// <param name="process">The process's directory.</param>
    /// <param name="user">Whose it is.</param>
    public static string? FindDoubtOfUser(SafeFileHandle process, out uint user) =>
        !TryFindUser(process, out user) ? "not believed: it cannot be looked at"
        : user != 0 && user != LibC.GetUserId() ? $"not believed: it is of user {user}"
        : null;

    private static string? FindDoubtOfProgram(SafeFileHandle process, ReadOnlySpan<byte> root)
    {
        if (!TryReadProgram(process, out byte[] path, out bool isDeleted, out Errno error) || !LibC.TryStatx(process, "exe"u8, 0, StatusMask.Basic, out FileStatus program, out error))
            return $"its program cannot be seen ({error})";
        string shown = Encoding.UTF8.GetString(path);

        // An upgrade replaces the file, which has no path then: its directories are still there to be walked.
        ReadOnlySpan<byte> walked = isDeleted ? path.AsSpan(0, Math.Max(path.LastIndexOf((byte)'/'), 0)) : path;
        if (!TrustedPath.TryWalk(root, walked, out _, out FileStatus found, out PathFault? fault, out error))
            return $"{shown}: {error}";
        return fault?.ToString()
            ?? (!TrustedPath.IsOurs(program) ? new PathFault(path, program.UserId).ToString()
            : !isDeleted && (found.DeviceMajor, found.DeviceMinor, found.Inode) != (program.DeviceMajor, program.DeviceMinor, program.Inode) ? $"its program is not what is at {shown}"
            : null);
    }

    private static bool TryReadProgram(SafeFileHandle process, out byte[] path, out bool isDeleted, out Errno error)
    {
        isDeleted = false;
        if (!LibC.TryReadLink(process, "exe"u8, out path, out error))
            return false;
        isDeleted = path.AsSpan().EndsWith(s_deleted);
        path = isDeleted ? path[..^s_deleted.Length] : path;
        return true;
    }

    /// <summary>The user whose all its user ids are, or the first that is neither root nor the caller: a program with the set-user-id bit is started by whom its real id names.</summary>
    private static bool TryFindUser(SafeFileHandle process, out uint found)
    {
        found = 0;
        byte[] status = Read(process, "status"u8, MostBytes);
        int start = status.AsSpan().IndexOf("\nUid:"u8);
        if (start < 0)
            return false;
        ReadOnlySpan<byte> text = status.AsSpan(start + 5);
        uint self = LibC.GetUserId();
        for (int i = 0; i < 4; i++)
        {
            text = text.TrimStart("\t "u8);
            if (!Utf8Parser.TryParse(text, out uint user, out int length))
                return false;
            text = text[length..];
            if (found == 0 || found == self)
                found = user == 0 ? found : user;
        }

        return true;
    }

    private static byte[] NamespaceOf(SafeFileHandle process, string name) =>
        LibC.TryReadLink(process, Encoding.UTF8.GetBytes($"ns/{name}"), out byte[] target, out _) ? target : [];

    private static byte[] NamespaceOf(ReadOnlySpan<byte> process, string name) =>
        LibC.TryReadLink(LibC.CurrentDirectory, Join(process, $"ns/{name}"), out byte[] target, out _) ? target : [];

    private static byte[] Join(ReadOnlySpan<byte> directory, string name) => [.. directory, (byte)'/', .. Encoding.UTF8.GetBytes(name)];
}
