using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>What <see cref="MountCommandOptions"/> takes apart is what the program mount(8) takes apart: the same words are mounted with it, and given to the kernel as data.</summary>
[Collection(ModuleParametersCollection.Name)]
public sealed class MountCommandTests
{
    [Theory]
    [InlineData("nodev", false)]
    [InlineData("nosuid,noexec,metacopy=on", false)]
    [InlineData("ro", true)]
    [InlineData("ro,index=on", true)]
    [InlineData("ro,rw", false)]
    [InlineData("noatime,nodiratime", false)]
    [InlineData("relatime,strictatime,lazytime", false)]
    [InlineData("defaults,_netdev,nofail,noauto,x-systemd.automount", false)]
    [InlineData("sync,dirsync,silent,loud,iversion", false)]
    public void What_the_program_takes_apart_is_no_data_of_the_file_system(string text, bool isReadOnly) => PrivateNamespace.Run(scratch =>
    {
        MountCommandOptions options = WithLayers(scratch, text);
        EffectiveOptions effective = EffectiveOptions.Resolve(options, Profile, LayerInspector.Inspect(options.Options, MountTable.Load(MountTableSource.Self)));
        Assert.Equal((LinuxError.OK, isReadOnly, true), (effective.Error, effective.IsReadOnly, effective.IsKnown));

        Assert.Equal(0, Mount(scratch, text));
        MountEntry mounted = MountTable.Load(MountTableSource.Self).Entries.Single(mount => mount.MountPoint == BytePath.FromText(scratch + "/m"));
        Assert.Equal(isReadOnly, OverlayMountOptions.Parse(mounted.SuperOptions.Span).Flags.Contains(ByteString.FromText("ro")));
    });

    [Theory]
    [InlineData("no_such_option")]
    [InlineData("nodev,no_such_option")]
    public void What_it_does_not_know_reaches_the_kernel(string text) => PrivateNamespace.Run(scratch =>
    {
        MountCommandOptions options = WithLayers(scratch, text);
        Assert.Equal(LinuxError.EINVAL, EffectiveOptions.Resolve(options, Profile, LayerInspector.Inspect(options.Options, MountTable.Load(MountTableSource.Self))).Error);
        Assert.NotEqual(0, Mount(scratch, text));
    });

    private static KernelProfile Profile => KernelProfile.Defaults(KernelVersion.Parse(File.ReadAllText("/proc/sys/kernel/osrelease")));

    private static MountCommandOptions WithLayers(string scratch, string text)
    {
        foreach (string name in (string[])["l", "u", "w", "m"])
            Directory.CreateDirectory($"{scratch}/{name}");
        MountCommandOptions command = MountCommandOptions.Parse(ByteString.FromText(text).Span);
        OverlayMountOptions layers = OverlayMountOptions.Create([BytePath.FromText(scratch + "/l")], BytePath.FromText(scratch + "/u"), BytePath.FromText(scratch + "/w"));
        return command with { Options = command.Options.Options.Aggregate(layers, (all, option) => all.WithAppended(option)) };
    }

    /// <summary>Runs the program from this thread, so that it is in the thread's mount namespace.</summary>
    private static int Mount(string scratch, string text)
    {
        using var process = Process.Start(new ProcessStartInfo("mount", ["-t", "overlay", "-o", $"{text},lowerdir={scratch}/l,upperdir={scratch}/u,workdir={scratch}/w", "overlay", $"{scratch}/m"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
