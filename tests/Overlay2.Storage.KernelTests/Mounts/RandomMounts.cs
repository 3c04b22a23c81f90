using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>Makes random mounts below a directory, and over <c>/</c>: file systems, binds of directories and files, moves, stacks, covers, propagation, unmounts.</summary>
internal sealed class RandomMounts
{
    private const int MostMounts = 400;

    private static readonly string[] s_names = ["a", "b", "a b", "a\\040"];

    private readonly Random _random;
    private readonly string _top;

    public RandomMounts(int seed, string top)
    {
        _random = new Random(seed);
        _top = top;
        Directory.CreateDirectory(top);
        MakeTree(top, depth: 3);
    }

    public void Do(int operations, ThreadProc proc)
    {
        for (int i = 0; i < operations; i++)
            DoOne(proc);
    }

    /// <summary>A path below the top, whether it exists or not.</summary>
    public string NewPath()
    {
        var path = new StringBuilder(_top);
        for (int depth = _random.Next(5); depth > 0; depth--)
            path.Append('/').Append(s_names[_random.Next(s_names.Length)]);
        return path.ToString();
    }

    private void DoOne(ThreadProc proc)
    {
        string path = NewPath();
        string other = NewPath();
        int choice = _random.Next(100);

        // Recursive binds double the mounts, and propagation multiplies them: past a bound there are only unmounts and stacks.
        if (proc.ReadMountInfo().AsSpan().Count((byte)'\n') > MostMounts)
            choice = 70 + choice % 30;

        // Many of these fail by chance (no such path, busy, a loop); what succeeds is the case.
        Errno error = choice switch
        {
            < 30 => Mount("tmpfs", path, "tmpfs", MountFlags.None),
            < 45 => Mount(other, path, "", MountFlags.Bind),
            < 52 => Mount(other, path, "", MountFlags.Bind | MountFlags.Recursive),
            < 62 => Mount(other, path, "", MountFlags.Move),
            < 70 => Mount("", path, "", _random.Next(4) switch
            {
                0 => MountFlags.Shared,
                1 => MountFlags.Slave,
                2 => MountFlags.Unbindable,
                _ => MountFlags.Private,
            }),
            < 72 => Mount("tmpfs", "/", "tmpfs", MountFlags.None),
            < 78 => Mount(_top + "/file", path + "/file", "", MountFlags.Bind),
            < 85 => Mount("tmpfs", _top + "/a", "tmpfs", MountFlags.None),
            // Unmounting the root directory would make its file system read-only instead.
            < 92 when path != "/" => LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.None),
            _ => LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.Detach),
        };

        if (!error.IsError && choice is < 30 or (>= 78 and < 85) && _random.Next(4) > 0)
            MakeTree(choice < 30 ? path : _top + "/a", depth: 2);
    }

    private static Errno Mount(string source, string target, string type, MountFlags flags) =>
        LibC.Mount(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), Encoding.UTF8.GetBytes(type), flags, ""u8);

    private static void MakeTree(string top, int depth)
    {
        if (!Directory.Exists(top))
            return;
        if (!File.Exists(top + "/file"))
            File.WriteAllBytes(top + "/file", []);
        if (depth == 0)
            return;
        foreach (string name in s_names)
        {
            Directory.CreateDirectory(top + "/" + name);
            MakeTree(top + "/" + name, depth - 1);
        }
    }
}
