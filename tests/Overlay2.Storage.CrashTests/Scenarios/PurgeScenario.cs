using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>What earlier repairs set aside is removed for good; what its links lead to stays.</summary>
internal sealed class PurgeScenario(string scratch) : PlanScenario(scratch)
{
    public const string Name = "purge";

    private string Root => $"{Scratch}/docker";

    private string Quarantine => $"{Root}/overlay2-quarantine";

    private string Outside => $"{Scratch}/outside";

    public override ImmutableArray<string> PlanWords => ["--only", "OVL0116", "--max-risk", "R4"];

    public override ImmutableArray<string> HostWords => ["--data-root", Root];

    public override bool IsBuiltEachTime => true;

    public override bool IsFinal => true;

    public override void Build()
    {
        foreach (string directory in (ReadOnlySpan<string>)[Root, Outside])
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory($"{Root}/overlay2/l");
        Directory.CreateDirectory(Outside);
        File.WriteAllText($"{Outside}/kept", "kept\n");
        foreach (string layer in (ReadOnlySpan<string>)[$"{Quarantine}/a", $"{Quarantine}/b"])
        {
            Directory.CreateDirectory($"{layer}/diff/deep/deeper");
            Directory.CreateDirectory($"{layer}/work");
            foreach (string file in (ReadOnlySpan<string>)["1", "2", "3", "4"])
                File.WriteAllText($"{layer}/diff/deep/{file}", "");
            File.CreateSymbolicLink($"{layer}/diff/out", Outside);
            Native.MakeCharacterDevice($"{layer}/diff/whiteout");
        }

        File.CreateSymbolicLink($"{Quarantine}/c", Outside);
        Directory.SetLastWriteTimeUtc(Quarantine, DateTime.UtcNow.AddDays(-8));
    }

    public override IReadOnlyList<string> List() => [.. TreeListing.Of(Root), .. TreeListing.Of(Outside)];

    public override void CheckRepaired()
    {
        if (Directory.GetFileSystemEntries(Quarantine).Length > 0 || File.ReadAllText($"{Outside}/kept") != "kept\n")
            throw new CrashFailure("something is left, or a link was followed");
    }
}
