using System.Diagnostics;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>The parameters of the overlay module, which are the whole machine's: held alone while a test changes them, and put back.</summary>
internal sealed class ModuleParameters : IDisposable
{
    /// <summary>Tests that take them have it, and <c>eng/test.sh</c> runs these after all others: who diagnoses the machine meanwhile would see it change.</summary>
    public const string Trait = "Machine";

    public const string Alone = "alone";

    /// <summary>Who depends on the parameters holds this file, shared to read and alone to change.</summary>
    private const string LockFile = "/tmp/overlay-params.lock";

    /// <summary>Who changes them holds this from before it waits, and who depends on them passes it: those who follow each other would keep others waiting for good.</summary>
    private const string TurnFile = "/tmp/overlay-params.turn";

    private const string Folder = "/sys/module/overlay/parameters/";

    private static readonly string[] s_switches = ["redirect_dir", "redirect_always_follow", "index", "nfs_export", "metacopy", "xino_auto"];

    private readonly Process _lock;
    private readonly Dictionary<string, string> _before = new(StringComparer.Ordinal);

    private ModuleParameters(Process @lock)
    {
        _lock = @lock;
        foreach (string name in s_switches)
            _before[name] = File.ReadAllText(Folder + name).Trim();
    }

    /// <summary>Takes the lock; skips the test if the module's parameters cannot be changed.</summary>
    public static ModuleParameters Take()
    {
        Assert.SkipUnless(File.Exists(Folder + "index"), "Needs the overlay module with its parameters.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test changes module parameters.");
        Assert.Contains(Alone, TestContext.Current.Test!.Traits[Trait]);

        return new ModuleParameters(Lock("--exclusive", TurnFile, "flock", "--exclusive", LockFile));
    }

    /// <summary>Keeps the parameters as they are, together with others who need them so.</summary>
    /// <returns>The holder of the lock, to be ended by closing its input.</returns>
    public static Process Share() => Lock("--shared", LockFile);

    /// <summary>.NET has no flock(2) that waits, so flock(1) holds the lock until its input ends.</summary>
    private static Process Lock(params ReadOnlySpan<string> words)
    {
        var start = new ProcessStartInfo("flock", [.. words, "sh", "-c", "echo held; cat"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        Process holder = Process.Start(start)!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        return holder;
    }

    /// <summary>Sets every switch at random and tells the kernel that is here.</summary>
    public KernelProfile SetRandom(Random random, bool keepDefaults)
    {
        KernelProfile profile = KernelProfile.Defaults(KernelVersion.Parse(File.ReadAllText("/proc/sys/kernel/osrelease")));
        foreach (string name in s_switches)
        {
            string value = keepDefaults ? _before[name] : random.Next(2) == 0 ? "N" : "Y";
            File.WriteAllText(Folder + name, value);
            profile = profile.WithParameter(name, value);
        }

        return profile;
    }

    public void Dispose()
    {
        foreach ((string name, string value) in _before)
            File.WriteAllText(Folder + name, value);
        _lock.StandardInput.Close();
        _lock.WaitForExit();
        _lock.Dispose();
    }
}
