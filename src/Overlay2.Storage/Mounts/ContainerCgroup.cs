using System.Buffers;
using System.Text;

namespace Overlay2.Storage.Mounts;

/// <summary>Finds the id of a container in the cgroup paths of a process.</summary>
/// <remarks>Engines name the cgroup after the container: <c>/docker/ID</c>, <c>/system.slice/docker-ID.scope</c>, <c>crio-ID.scope</c>,
/// <c>cri-containerd-ID.scope</c>, <c>libpod-ID.scope</c>, <c>/kubepods/.../ID</c>, with an id of 64 hexadecimal digits. Source: cgroups(7)
/// for the file; the names are those of the engines.</remarks>
internal static class ContainerCgroup
{
    private const int IdLength = 64;

    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>The innermost id: of a container in a container, its own; empty if there is none.</summary>
    /// <param name="cgroups">The text of /proc/[pid]/cgroup.</param>
    public static string FindContainerId(ReadOnlySpan<byte> cgroups)
    {
        foreach (Range line in cgroups.Split((byte)'\n'))
        {
            string id = FindInPath(cgroups[line]);
            if (id.Length > 0)
                return id;
        }

        return "";
    }

    private static string FindInPath(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int separator = path.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> name = path[(separator + 1)..];
            path = separator < 0 ? default : path[..separator];
            while (!name.IsEmpty)
            {
                int start = name.IndexOfAny(s_hexadecimal);
                if (start < 0)
                    break;
                name = name[start..];
                int length = name.IndexOfAnyExcept(s_hexadecimal);
                if (length < 0)
                    length = name.Length;
                if (length == IdLength)
                    return Encoding.ASCII.GetString(name[..length]);
                name = name[length..];
            }
        }

        return "";
    }
}
