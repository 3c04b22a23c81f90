using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.KernelTests.MountOptions;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests;
using static Overlay2.Storage.KernelTests.Simulation.NativeFiles;
using static Overlay2.Storage.TestShared.OverlayExample;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>The examples of docs/overlayfs-differences.md on the kernel that is here; those of older kernels are left out.</summary>
[Collection(ModuleParametersCollection.Name)]
[Trait(ModuleParameters.Trait, ModuleParameters.Alone)]
public sealed class DifferencesPageTests
{
    private const int Shared = 1, Readable = 1;

    [Fact]
    public void The_kernel_answers_as_the_page_says()
    {
        using ModuleParameters parameters = ModuleParameters.Take();
        PrivateNamespace.Run(scratch =>
        {
            int run = 0;
            foreach (OverlayExample example in Read(Path.Combine(Repository.Root, "docs", "overlayfs-differences.md")).Where(e => e.Kernel is null))
            {
                string folder = $"{scratch}/{run++.ToString(CultureInfo.InvariantCulture)}";
                Directory.CreateDirectory(folder);
                string? wrong = new Run(example, folder).Do();
                Assert.True(wrong is null, $"{example.Id}: {wrong}");
            }

            Assert.True(run >= 15);
        });
    }

    /// <summary>One example with its files and maps.</summary>
    private sealed class Run(OverlayExample example, string folder)
    {
        private readonly Dictionary<string, int> _files = [];
        private readonly Dictionary<string, nint> _maps = [];
        private readonly Dictionary<string, string> _letters = [];
        private readonly string _merged = folder + "/merged";

        public string? Do()
        {
            string upperDisk = Disk("a", example.Disk), lowerDisk = example.LowerDisk is { } other ? Disk("b", other) : upperDisk;
            string upper = upperDisk + "/u0", work = upperDisk + "/work";
            foreach (string path in (string[])[_merged, upper, work, .. example.Lowers.Select(l => $"{lowerDisk}/{l}")])
                Directory.CreateDirectory(path);
            foreach ((string layer, string what, string[] words) in example.Objects)
                Make((layer == "u0" ? upper : $"{lowerDisk}/{layer}") + "/", what, words);

            string data = $"lowerdir={string.Join(':', example.Lowers.Select(l => $"{lowerDisk}/{l}"))},upperdir={upper},workdir={work}{(example.Options.Length > 0 ? "," : "")}{example.Options}";
            Errno mounted = LibC.Mount("test"u8, Encoding.UTF8.GetBytes(_merged), "overlay"u8, MountFlags.None, Encoding.UTF8.GetBytes(data));
            string? wrong = null;
            foreach (Step step in example.Steps)
            {
                wrong ??= step.Call switch
                {
                    "mount" => step.Check(Answer.Of(mounted.Value), _ => "", _letters),
                    "upper" => CheckUpper(step, upper),
                    _ => Check(step),
                };
            }

            foreach (int file in _files.Values)
                close(file);
            List<string> mounts = mounted.IsError ? [] : [_merged];
            if (example.Disk != "ext4")
                mounts.Add(upperDisk);
            if (example.LowerDisk is not null)
                mounts.Add(lowerDisk);
            foreach (string path in mounts)
                _ = LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.Detach);
            return wrong;
        }

        /// <summary>The scratch directory stands for one plain file system; others are made: a small tmpfs is an upper, the rest are lowers.</summary>
        private string Disk(string name, string type)
        {
            string path = $"{folder}/{name}";
            Directory.CreateDirectory(path);
            if (name == "b" || type.StartsWith("tmpfs", StringComparison.Ordinal))
                LiveDisk.Mount("tmpfs", path, type.Split(':') is [_, var blocks] ? $"mode=755,nr_blocks={blocks}" : "mode=755");
            return path;
        }

        private static void Make(string layer, string what, string[] words)
        {
            switch (what)
            {
                case "dir":
                    Directory.CreateDirectory(layer + words[0]);
                    break;
                case "file":
                    File.WriteAllBytes(layer + words[0], Content(words));
                    break;
                case "hardlink":
                    Assert.Equal(0, link(Text(layer + words[1]), Text(layer + words[0])));
                    break;
                default:
                    byte[] value = Convert.FromHexString(words[2]);
                    Assert.Equal(0, lsetxattr(Text(layer + words[0]), Text(words[1]), value, (nuint)value.Length, 0));
                    break;
            }
        }

        private string? Check(Step step)
        {
            string[] a = step.Arguments;
            byte[] At(int i) => Text(_merged + "/" + a[i]);
            int File(int i) => _files.GetValueOrDefault(a[i], -1);
            byte[] read = new byte[100];
            nint result;
            switch (step.Call)
            {
                case "open":
                    int flags = a[2].Split(',').Sum(f => f switch { "RDONLY" => 0, "WRONLY" => OpenFlags.WriteOnly, "RDWR" => OpenFlags.ReadWrite, _ => OpenFlags.Truncate });
                    result = open(At(1), flags, 0);
                    if (result >= 0)
                        _files[a[0]] = (int)result;
                    break;
                case "pread":
                    result = pread(File(0), read, (nuint)Number(a[2]), Number(a[1]));
                    break;
                case "pwrite":
                    byte[] text = Step.Text(a[2]);
                    result = pwrite(File(0), text, (nuint)text.Length, Number(a[1]));
                    break;
                case "mmap":
                    result = _maps[a[1]] = mmap(0, 4096, Readable, Shared, File(0), 0);
                    break;
                case "mread":
                    Marshal.Copy(_maps[a[0]] + (nint)Number(a[1]), read, 0, (int)Number(a[2]));
                    result = (nint)Number(a[2]);
                    break;
                case "truncate":
                    result = truncate(At(0), Number(a[1]));
                    break;
                case "chmod":
                    result = chmod(At(0), Convert.ToUInt32(a[1], 8));
                    break;
                case "mkdir":
                    result = mkdir(At(0), Convert.ToUInt32(a[1], 8));
                    break;
                case "rename":
                    result = -LibC.Rename(At(0).AsSpan(..^1), At(1).AsSpan(..^1), 0).Value;
                    return step.Check(Answer.Of((int)-result), _ => "", _letters);
                case "unlink" or "rmdir":
                    return step.Check(Answer.Of(LibC.Remove(At(0).AsSpan(..^1), step.Call == "rmdir").Value), _ => "", _letters);
                case "readdir":
                    return step.Check("OK", _ => string.Join(',', Directory.GetFileSystemEntries(_merged + "/" + a[0]).Select(Path.GetFileName).Order(StringComparer.Ordinal)), _letters);
                default:
                    string path = step.Call == "fstat" ? $"/proc/self/fd/{File(0)}" : _merged + "/" + a[0];
                    bool found = LibC.TryStatx(LibC.CurrentDirectory, Encoding.UTF8.GetBytes(path), step.Call == "fstat" ? 0 : AtFlags.NoFollow, 0x7FF, out FileStatus s, out Errno error);
                    return step.Check(found ? "OK" : Answer.Of(error.Value), name => name switch
                    {
                        "ino" => s.Inode.ToString(CultureInfo.InvariantCulture),
                        "dev" => $"{s.DeviceMajor}:{s.DeviceMinor}",
                        "links" => s.LinkCount.ToString(CultureInfo.InvariantCulture),
                        _ => s.Size.ToString(CultureInfo.InvariantCulture),
                    }, _letters);
            }

            string answer = Answer.Of(Error(result));
            return step.Check(answer, _ => read.AsSpan(0, (int)result).SequenceEqual(Step.Text(step.Values[0]["text=".Length..])) ? step.Values[0]["text=".Length..] : Convert.ToHexString(read.AsSpan(0, (int)result)), _letters);
        }

        private static string? CheckUpper(Step step, string upper)
        {
            byte[] path = Encoding.UTF8.GetBytes($"{upper}/{step.Arguments[0]}");
            bool found = LibC.TryStatx(LibC.CurrentDirectory, path, AtFlags.NoFollow, 0x7FF, out FileStatus s, out _);
            string type = !found ? "nothing" : (s.Mode & 0xF000) switch { 0x4000 => "directory", 0x8000 => "file", _ => "whiteout" };
            return step.Check(type, name => name == "size"
                ? s.Size.ToString(CultureInfo.InvariantCulture)
                : lgetxattr([.. path, 0], Text(step.Values[0]["mark=".Length..]), new byte[100], 100) >= 0 ? step.Values[0]["mark=".Length..] : "none", []);
        }

        private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
