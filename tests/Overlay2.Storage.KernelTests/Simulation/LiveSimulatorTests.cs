using System.Globalization;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.MountOptions;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Random calls on a real overlay and on the simulator: the same errors, values, view, contents, identities and upper layer.</summary>
/// <remarks>The environment variable <c>OVERLAY2_LIVE_OPERATIONS</c> says how many calls, <c>OVERLAY2_LIVE_SEED</c> where they start.</remarks>
[Collection(ModuleParametersCollection.Name)]
[Trait(ModuleParameters.Trait, ModuleParameters.Alone)]
public sealed class LiveSimulatorTests
{
    private static readonly string[] s_options =
    [
        "", "redirect_dir=on", "index=on", "metacopy=on", "redirect_dir=on,index=on", "redirect_dir=on,metacopy=on", "index=on,metacopy=on,redirect_dir=on", "redirect_dir=nofollow",
    ];

    [Fact]
    public void The_simulator_answers_random_calls_as_the_kernel_does()
    {
        int count = Setting("OVERLAY2_LIVE_OPERATIONS", 5000), seed = Setting("OVERLAY2_LIVE_SEED", 1), done = 0, succeeded = 0, rounds = 0;
        var wrong = new List<string>();
        OnDisks((disks, profile, scratch) =>
        {
            for (; done < count; rounds++, done += LiveRound.Calls)
            {
                LiveDisk disk = disks[rounds % disks.Length];
                string options = s_options[rounds / disks.Length % s_options.Length];
                using var round = new LiveRound(disk, disk.Folder + "/" + rounds.ToString(CultureInfo.InvariantCulture), scratch + "/merged", options, options, profile, HashCode(seed, rounds));
                if (round.Run() is { } difference)
                    wrong.Add($"seed {seed}, round {rounds} on {disk.Kind} [{options}], {difference}");
                succeeded += round.Succeeded;
            }
        });

        TestContext.Current.SendDiagnosticMessage($"{done} calls in {rounds} rounds on tmpfs and ext4, {succeeded} of them succeeded, {wrong.Count} rounds differ from the kernel");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {rounds} rounds differ:\n{string.Join('\n', wrong.Take(25))}");
        Assert.True(succeeded > done / 2, $"only {succeeded} of {done} calls succeed: they are too random to say much");
    }

    /// <summary>The simulator is told of another mount or another kernel than is there: in a few rounds that must show.</summary>
    [Theory]
    [InlineData("redirect_dir=on", "", "6.18")]
    [InlineData("", "index=on", "6.18")]
    [InlineData("metacopy=on", "", "6.18")]
    [InlineData("", "", "5.10")]
    [InlineData("", "", "4.18")]
    public void A_wrong_rule_is_noticed(string real, string simulated, string kernel) => OnDisks((disks, profile, scratch) =>
    {
        KernelProfile told = kernel == "6.18" ? profile : KernelProfile.Defaults(KernelVersion.Parse(kernel));
        for (int i = 0; i < 20; i++)
        {
            using var round = new LiveRound(disks[1], disks[1].Folder + "/" + i.ToString(CultureInfo.InvariantCulture), scratch + "/merged", real, simulated, told, i);
            if (round.Run() is not null)
                return;
        }

        Assert.Fail($"[{real}] cannot be told from [{simulated}] on {kernel}");
    });

    /// <summary>Something is changed behind the simulator's back when all calls are made.</summary>
    [Theory]
    [InlineData("content", "content")]
    [InlineData("mode", "mode")]
    [InlineData("attribute", "attributes")]
    [InlineData("name", "names")]
    [InlineData("mark", "attribute trusted.overlay.impure")]
    public void A_wrong_upper_layer_is_noticed(string what, string place) => OnDisks((disks, profile, scratch) =>
    {
        using var round = new LiveRound(disks[1], disks[1].Folder + "/0", scratch + "/merged", "", "", profile, 5);
        Assert.Null(round.Run());
        Assert.Null(round.CompareUpper());
        round.Damage(what);
        Assert.Contains(place, round.CompareUpper(), StringComparison.Ordinal);
    });

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static void OnDisks(Action<LiveDisk[], KernelProfile, string> run)
    {
        using ModuleParameters parameters = ModuleParameters.Take();
        KernelProfile profile = parameters.SetRandom(new Random(1), keepDefaults: true);
        PrivateNamespace.Run(scratch =>
        {
            _ = NativeFiles.umask(0x12);
            Directory.CreateDirectory(scratch + "/merged");
            LiveDisk[] disks = [LiveDisk.Tmpfs(scratch), LiveDisk.Ext4(scratch)];
            run(disks, profile, scratch);
            foreach (LiveDisk disk in disks)
                disk.Unmount();
        });
    }

    private static int HashCode(int seed, int round) => unchecked((seed * 1_000_003) + round);
}
