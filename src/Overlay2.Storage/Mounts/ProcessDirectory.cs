using System.Buffers.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>Reads what proc(5) says of processes.</summary>
internal static class ProcessDirectory
{
    private const int MostBytes = 1 << 16;

    private static readonly BytePath s_mountNamespace = BytePath.FromText("ns/mnt");
    private static readonly BytePath s_userNamespace = BytePath.FromText("ns/user");
    private static readonly BytePath s_name = BytePath.FromText("comm");
    private static readonly BytePath s_root = BytePath.FromText("root");
    private static readonly BytePath s_groups = BytePath.FromText("cgroup");

    /// <summary>The name of a process and its container; empty where it ended meanwhile.</summary>
    public static MountHolderProcess Describe(BytePath directory, int processId)
    {
        ReadOnlySpan<byte> name = BoundedFile.TryRead(directory.Combine(s_name).Span, MostBytes, out byte[] content, out _)
            ? content.AsSpan().TrimEnd((byte)'\n')
            : default;
        string container = BoundedFile.TryRead(directory.Combine(s_groups).Span, MostBytes, out byte[] groups, out _)
            ? ContainerCgroup.FindContainerId(groups)
            : "";
        return new MountHolderProcess(processId, new ByteString(name), container);
    }

    /// <summary>The mount that the root directory of a process is in; not known before Linux 5.8, or where the caller may not look.</summary>
    public static int? FindRootMount(BytePath directory) =>
        LibC.TryStatx(LibC.CurrentDirectory, directory.Combine(s_root).Span, AtFlags.DoNotSync, StatusMask.MountId, out FileStatus status, out _) && (status.Mask & StatusMask.MountId) != 0
            ? (int)status.MountId
            : null;

    /// <summary>The number in <c>mnt:[number]</c>.</summary>
    public static bool TryGetMountNamespace(BytePath directory, out ulong id, out Errno error) => TryGetNamespace(directory.Combine(s_mountNamespace), out id, out error);

    /// <summary>The number in <c>user:[number]</c>.</summary>
    public static bool TryGetUserNamespace(BytePath directory, out ulong id) => TryGetNamespace(directory.Combine(s_userNamespace), out id, out _);

    /// <summary>The names in a directory that are numbers, ascending.</summary>
    public static bool TryReadNumbers(BytePath path, out List<int> numbers, out Errno error)
    {
        numbers = [];
        using DirectoryReader directory = DirectoryReader.Open(path.Span);
        while (directory.Read())
        {
            if (Utf8Parser.TryParse(directory.Name, out int number, out int consumed) && consumed == directory.Name.Length)
                numbers.Add(number);
        }

        numbers.Sort();
        error = directory.Error;
        return !error.IsError;
    }

    private static bool TryGetNamespace(BytePath link, out ulong id, out Errno error)
    {
        id = 0;
        if (!LibC.TryReadLink(LibC.CurrentDirectory, link.Span, out byte[] target, out error))
            return false;
        int start = target.AsSpan().IndexOf((byte)'[') + 1;
        return Utf8Parser.TryParse(target.AsSpan(start), out id, out _);
    }
}
