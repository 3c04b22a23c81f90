using System.Globalization;
using CsCheck;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.PropertyTests.Engines;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>What the planner makes, the parser reads: of any damaged host, whatever its names are, and however much is damaged.</summary>
public sealed class PlanTextProperties
{
    private static readonly Gen<int> s_seed = Gen.Int[0, int.MaxValue];

    /// <summary>Components of paths as mountinfo writes them; a snapshot may hold some that no kernel has.</summary>
    private static readonly string[] s_names = ["x", "..", ".", "\\377\\376", "\\012", "\\040", "<&>'+", "é", "\\", "\"", new('n', 255), "\\134x"];

    private readonly Count _steps = new();
    private readonly Count _alternatives = new();
    private readonly Count _unfit = new();
    private readonly Count _full = new();
    private readonly Count _untold = new();

    [Fact]
    public void Of_mounts_that_came_and_went_at_random()
    {
        s_seed.Sample(
            seed =>
            {
                var random = new RandomHost(seed);
                Check(random.Host.CaptureAsync(CancellationToken.None).Result, random.Policy, RepairPlan.MaxLength);
            },
            iter: 2_000);
        Assert.True(_steps.Value > 500 && _alternatives.Value > 100, $"{_steps.Value} steps, {_alternatives.Value} alternatives");
    }

    [Fact]
    public void Of_stores_with_random_damage()
    {
        s_seed.Sample(
            seed =>
            {
                ILayerStore store = (seed % 3) switch
                {
                    0 => RandomDockerStores.Make(seed, damages: 4, isHostile: seed % 2 == 0),
                    1 => RandomContainersStores.Make(seed, damages: 4, isHostile: seed % 2 == 0),
                    _ => RandomContainerdStores.Make(seed, damages: 4, isHostile: seed % 2 == 0),
                };
                StorageSnapshot snapshot = MadeUpHost.Of([MadeUpHost.Root], store) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)) };
                Check(snapshot, Any(new Random(seed)), RepairPlan.MaxLength);
            },
            iter: 2_000);
        Assert.True(_steps.Value > 100, $"{_steps.Value} steps");
    }

    [Fact]
    public void Of_mounts_with_names_of_any_kind()
    {
        s_seed.Sample(seed => Check(Odd(new Random(seed), most: 6), RepairPolicy.Default with { MaxRisk = RepairRisk.R3 }, RepairPlan.MaxLength), iter: 2_000);
        Assert.True(_steps.Value > 500 && _unfit.Value > 100, $"{_steps.Value} steps, {_unfit.Value} findings that no plan can hold");
    }

    [Fact]
    public void Of_more_damage_than_a_plan_has_room_for()
    {
        s_seed.Sample(
            seed =>
            {
                var random = new Random(seed);
                Check(Odd(random, most: 60), RepairPolicy.Default with { MaxRisk = RepairRisk.R3 }, (1 << 20) + random.Next(100_000));
            },
            iter: 300);
        Assert.True(_full.Value > 100 && _untold.Value > 30 && _steps.Value > 100, $"{_full.Value} findings without room, {_untold.Value} plans that do not tell all reasons, {_steps.Value} steps");
    }

    private void Check(StorageSnapshot snapshot, RepairPolicy policy, int maxLength)
    {
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot), policy, maxLength);
        byte[] text = plan.ToJson();
        RepairPlan read = RepairPlan.Parse(text);

        Assert.InRange(text.Length, 1, maxLength);
        Assert.Equal(plan.Steps.AsEnumerable(), read.Steps);
        Assert.Equal(plan.Alternatives.AsEnumerable(), read.Alternatives);
        Assert.Equal(plan.Goals.AsEnumerable(), read.Goals);
        Assert.Equal(plan.Refusals.AsEnumerable(), read.Refusals);
        Assert.Equal(text, read.ToJson());
        foreach (RepairCourse course in plan.Alternatives.Where(course => !course.Steps.IsEmpty))
            RepairPlan.Parse(plan.Choose(course).ToJson());

        _steps.Add(plan.Steps.Length);
        _alternatives.Add(plan.Alternatives.Length);
        _unfit.Add(plan.Refusals.Count(refusal => refusal.Reason.StartsWith("no plan can hold", StringComparison.Ordinal)));
        _full.Add(plan.Refusals.Count(refusal => refusal.Reason.Contains("no room for its steps", StringComparison.Ordinal)));
        _untold.Add(plan.Refusals.Any(refusal => refusal.Reason.StartsWith("for their reasons", StringComparison.Ordinal)) ? 1 : 0);
    }

    /// <summary>Driver homes at places with odd names, each covered by itself.</summary>
    private static StorageSnapshot Odd(Random random, int most)
    {
        List<string> lines = [MadeUpHost.Root];
        for (int i = random.Next(1, most + 1); i > 0; i--)
        {
            string home = string.Create(CultureInfo.InvariantCulture, $"/{i}/{string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_names[random.Next(s_names.Length)]))}/docker/overlay2");
            lines.Add(MadeUpHost.Overlay(100 + i, 30, 100 + i, $"{home}/{i:x64}"));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{10_000 + i} 30 8:1 {home} {home} rw - ext4 /dev/sda1 rw"));
        }

        return MadeUpHost.Of(lines) with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddDays(9)) };
    }

    private static RepairPolicy Any(Random random) => new() { MaxRisk = (RepairRisk)random.Next(6), AllowEngineControl = random.Next(2) == 0, AllowOtherNamespaces = random.Next(2) == 0 };

    /// <summary>Counts what samples on several threads find.</summary>
    private sealed class Count
    {
        private int _value;

        public int Value => _value;

        public void Add(int more) => Interlocked.Add(ref _value, more);
    }
}
