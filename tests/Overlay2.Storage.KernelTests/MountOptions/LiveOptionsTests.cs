using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>Random option sets mounted for real: the same errno, the same options shown, the same leftovers.</summary>
/// <remarks>The environment variable <c>OVERLAY2_LIVE_MOUNTS</c> says how many (a slice by default), <c>OVERLAY2_LIVE_SEED</c> where they start.</remarks>
[Collection(ModuleParametersCollection.Name)]
[Trait(ModuleParameters.Trait, ModuleParameters.Alone)]
public sealed class LiveOptionsTests
{
    private const int MountsPerSetting = 25;

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    [Fact]
    public void Random_options_are_answered_as_by_the_kernel()
    {
        int count = Setting("OVERLAY2_LIVE_MOUNTS", 150);
        int seed = Setting("OVERLAY2_LIVE_SEED", 1);
        var wrong = new List<string>();
        int mounted = 0;
        using ModuleParameters parameters = ModuleParameters.Take();
        PrivateNamespace.Run(scratch =>
        {
            for (int done = 0; done < count; seed++)
            {
                var random = new Random(seed);
                KernelProfile profile = parameters.SetRandom(random, keepDefaults: seed % 3 == 0);
                for (int i = 0; i < MountsPerSetting && done < count; i++, done++)
                    mounted += One(scratch, $"seed {seed}.{i}", random, profile, wrong);
            }
        });

        TestContext.Current.SendDiagnosticMessage($"{count} option sets, {mounted} of them mounted, {wrong.Count} answered otherwise than by the kernel");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} differ:\n{string.Join('\n', wrong.Take(30))}");
        Assert.True(mounted > count / 4, $"only {mounted} of {count} mounts succeed: the options are too random to say much");
    }

    private static int One(string scratch, string name, Random random, KernelProfile profile, List<string> wrong)
    {
        string top = scratch + "/case", other = scratch + "/other", mount = scratch + "/mount";
        foreach (string folder in (string[])[top, other, mount])
            Directory.CreateDirectory(folder);
        foreach (string folder in (string[])[top, other])
            Mount("tmpfs", folder);
        RandomOptions.MakeDirectories(top, other);
        foreach (string folder in (string[])["stack", "stack2", "inuse", "ro"])
            Directory.CreateDirectory($"{top}/{folder}");
        Mount("overlay", top + "/stack", $"lowerdir={top}/s0:{top}/s1");
        Mount("overlay", top + "/stack2", $"lowerdir={top}/stack:{top}/s2");
        Mount("overlay", top + "/inuse", $"lowerdir={top}/s0,upperdir={top}/used,workdir={top}/usedwork");
        Mount("tmpfs", top + "/ro", "");
        Directory.CreateDirectory(top + "/ro/u");
        Assert.Equal(default, LibC.Mount(""u8, Encoding.UTF8.GetBytes(top + "/ro"), ""u8, MountFlags.Remount | MountFlags.ReadOnly, ""u8));
        ThreadDirectory.Change(top);
        int mounted = 0;
        var options = new RandomOptions(random);

        // The second mount finds what the first left.
        for (int round = 0; round < 2; round++)
        {
            string data = options.Next();
            OverlayMountOptions parsed = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(data));
            EffectiveOptions predicted = EffectiveOptions.Resolve(parsed, profile, LayerInspector.Inspect(parsed, MountTable.Load(MountTableSource.Self)));
            Errno error = LibC.Mount("overlay"u8, Encoding.UTF8.GetBytes(mount), "overlay"u8, MountFlags.None, Encoding.UTF8.GetBytes(data));
            string kernel = error.IsError ? error.ToString() : "OK " + Shown(mount) + Leftovers(parsed);
            if (!error.IsError)
            {
                mounted = 1;
                Umount(mount);
            }

            string library = predicted.Error != LinuxError.OK
                ? predicted.Error.ToString()
                : "OK " + string.Join(',', predicted.Shown) + Predicted(parsed, predicted);
            if (kernel != library)
            {
                string setting = string.Join(' ', profile.Parameters.Where(p => p.Value is "Y").Select(p => p.Key));
                wrong.Add($"{name}.{round} [{setting}] {data}\n   kernel  {kernel}\n   library {library} ({predicted.Refusal?.Message})");
            }
        }

        ThreadDirectory.Change("/");
        foreach (string folder in (string[])["/ro", "/inuse", "/stack2", "/stack", ""])
            Umount(top + folder);
        Umount(other);
        return mounted;
    }

    private static void Mount(string type, string path, string data = "") => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));

    private static void Umount(string path) => PrivateNamespace.Unmount(path);

    private static string Shown(string mount)
    {
        MountEntry entry = MountTable.Load(MountTableSource.Self).GetByMountPoint(BytePath.FromText(mount)).Last();
        OverlayMountOptions options = OverlayMountOptions.Parse(entry.SuperOptions.Span);
        Assert.Equal(entry.SuperOptions, new ByteString(options.ToSuperOptions()));
        return string.Join(',', options.Options.Where(o => !IsLayer(o)));
    }

    private static bool IsLayer(OverlayOption option) =>
        option.Is("lowerdir"u8) || option.Is("upperdir"u8) || option.Is("workdir"u8) || option.Is("lowerdir+"u8) || option.Is("datadir+"u8);

    private static string Leftovers(OverlayMountOptions options)
    {
        if (options.Upper is not { } upper || options.Work is not { } work)
            return "";
        LayerLayout layout = LayerInspector.Inspect(options, MountTable.Load(MountTableSource.Self));
        var entries = Directory.EnumerateFileSystemEntries(work.Path.ToString(), "*", SearchOption.AllDirectories)
            .Select(p => p[(work.Path.Length + 1)..]).Where(p => p is "index" || p.StartsWith("work", StringComparison.Ordinal)).Where(p => !p.Contains('#'))
            .Order(StringComparer.Ordinal);
        return $" upper {string.Join(' ', layout.Directories[upper.Path].Marks.Order())} work {string.Join(' ', entries)}";
    }

    private static string Predicted(OverlayMountOptions options, EffectiveOptions predicted) => options.Upper is null || options.Work is null
        ? ""
        : $" upper {string.Join(' ', predicted.UpperMarks)} work {string.Join(' ', predicted.WorkEntries)}";
}
