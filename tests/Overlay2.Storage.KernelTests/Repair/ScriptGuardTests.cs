using Overlay2.Storage.Bytes;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>The guards of scripts about mounts, run by sh on real mounts: each says what the executor says.</summary>
public sealed class ScriptGuardTests
{
    private static readonly byte[] s_oddName = [.. "a b'c\"d$(touch x)`e`;#\\ \té"u8, 0xff, (byte)'\n'];

    public static TheoryData<string> Faults => [.. FaultyNamespace.Faults];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_guard_says_of_every_mount_what_the_executor_says(string fault)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        using var faulty = new FaultyNamespace(fault, s_oddName);
        var state = new MachineState(faulty.Host, engine: null);
        MountTable table = state.Mounts();
        RepairPredicate[] predicates = [.. table.Entries.Where(mount => mount.MountPoint.StartsWith(faulty.Scratch)).SelectMany(AllOf)];
        Assert.NotEmpty(predicates);
        List<bool> said = [];
        foreach (RepairPredicate predicate in predicates)
            said.Add(await predicate.TestAsync(state, TestContext.Current.CancellationToken) is null);

        ToolRun run = faulty.Shell(PlanScript.Functions + string.Concat(predicates.Select(predicate => $"if {predicate.ToScript().Text}; then echo 1; else echo 0; fi\n")));

        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error);
        string[] answers = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(predicates.Length, answers.Length);
        for (int i = 0; i < answers.Length; i++)
            Assert.True(answers[i] == (said[i] ? "1" : "0"), $"{predicates[i].Describe()}: the executor says {said[i]}, the script {answers[i]}: {predicates[i].ToScript().Text}");

        // A guard that says the same of everything is none.
        foreach (IGrouping<Type, bool> kind in said.Zip(predicates).GroupBy(pair => pair.Second.GetType(), pair => pair.First))
            TestContext.Current.TestOutputHelper?.WriteLine($"{kind.Key.Name}: {kind.Count(holds => holds)} hold, {kind.Count(holds => !holds)} do not");
        Assert.All([typeof(MountPresentPredicate), typeof(MountAbsentPredicate), typeof(NoChildrenPredicate)], type => Assert.Equal(2, said.Zip(predicates).Where(pair => pair.Second.GetType() == type).Select(pair => pair.First).Distinct().Count()));
    }

    /// <summary>Of a mount as it is, of one made anew, and of two that are not there.</summary>
    private static IEnumerable<RepairPredicate> AllOf(MountEntry mount)
    {
        var known = MountFingerprint.Of(mount);
        foreach (MountFingerprint fingerprint in new[] { known, known with { MountId = 0 }, known with { ParentId = 0 }, known.Again(), known with { MountId = 1 << 30 }, known with { Root = BytePath.FromText("/other") } })
        {
            yield return new MountPresentPredicate(fingerprint);
            yield return new MountAbsentPredicate(fingerprint);
            yield return new MountReachedPredicate(fingerprint);
            yield return new NoChildrenPredicate(fingerprint);
            yield return new MountPrivatePredicate(fingerprint);
        }

        yield return new PlacePredicate(mount.MountPoint);
        mount.MountPoint.TryGetParent(out BytePath above);
        yield return new PlacePredicate(above);
        yield return new NoPlacePredicate(above);
        yield return new NoPlacePredicate(mount.MountPoint.Combine(BytePath.FromText("nothing")));
    }
}
