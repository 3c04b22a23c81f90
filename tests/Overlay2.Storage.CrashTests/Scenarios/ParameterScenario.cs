using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Parameters of the overlay module are on, and no layer needs them. They are a copy of the parameters, mounted where the kernel's are.</summary>
internal sealed class ParameterScenario(string scratch) : PlanScenario(scratch)
{
    public const string Name = "parameters";

    private const string Directory = "/sys/module/overlay/parameters";

    private readonly RecordedStore _store = new($"{scratch}/docker");

    public override ImmutableArray<string> PlanWords => ["--only", "OVL0302"];

    public override ImmutableArray<string> HostWords => ["--data-root", _store.Root, "--scan-uppers"];

    public override bool IsBuiltEachTime => false;

    public override void Build()
    {
        _store.Write();
        foreach (string parameter in (ReadOnlySpan<string>)["redirect_dir", "metacopy"])
            File.WriteAllText($"{Directory}/{parameter}", "Y\n");
    }

    public override IReadOnlyList<string> List() => TreeListing.Of(Directory);

    public override void CheckRepaired()
    {
        foreach (string parameter in (ReadOnlySpan<string>)["redirect_dir", "metacopy"])
        {
            if (File.ReadAllText($"{Directory}/{parameter}").Trim() != "N")
                throw new CrashFailure($"{parameter} is still on");
        }
    }
}
