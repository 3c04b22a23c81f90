using System.Globalization;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Random damages, several at a time, in a copy of a recorded store: what can be given back is, and nothing gets worse.</summary>
/// <remarks><c>OVERLAY2_DAMAGES</c> says how many combinations, <c>OVERLAY2_SEED</c> which ones.</remarks>
public sealed class RandomDamageTests
{
    private const int MostRounds = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_place_is_as_it_was_or_as_it_was_damaged_and_then_refused_by_name()
    {
        int count = Number("OVERLAY2_DAMAGES", 12);
        int first = Number("OVERLAY2_SEED", 1);
        int whole = 0;
        int refused = 0;
        List<string> faults = [];
        for (int seed = first; seed < first + count; seed++)
        {
            using var store = new StoreOnDisk();
            foreach (string inner in Directory.GetDirectories(store.Root + "/overlay2").Select(layer => $"{layer}/work/work").Where(Directory.Exists))
                Directory.Delete(inner, recursive: true);
            var damages = new RandomDamage(store.Root, new Random(seed));
            Dictionary<string, string> before = Index(store.Listing());
            for (int i = damages.Dice.Next(1, 6); i > 0; i--)
                damages.Do();
            string what = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {string.Join("; ", damages.Done)}");
            TestContext.Current.TestOutputHelper?.WriteLine(what);
            Dictionary<string, string> damaged = Index(store.Listing());

            RepairPlan plan = await Repair(store, what, faults);
            Dictionary<string, string> after = Index(store.Listing());

            bool isWhole = true;
            foreach (string name in before.Keys.Union(damaged.Keys).Union(after.Keys))
            {
                string? now = after.GetValueOrDefault(name);
                string? once = before.GetValueOrDefault(name);
                if (now == once || name.StartsWith("overlay2-quarantine", StringComparison.Ordinal) || name.Contains("/work/work", StringComparison.Ordinal))
                    continue;

                // A layer that nobody needs and that is too young to be called so stays; a name that is nowhere any more is given anew.
                if ((once is null && now == damaged.GetValueOrDefault(name) && IsOfNewLayer(before, name)) || IsNewName(store.Root, name, damaged.GetValueOrDefault(name)) || (now is null && IsRenamed(store.Root, name, once)))
                    continue;
                bool isGone = now is null && IsKept(after, name);
                if (now != damaged.GetValueOrDefault(name) && !isGone)
                    faults.Add($"{what}: {name} was {once ?? "nothing"}, then {damaged.GetValueOrDefault(name) ?? "nothing"}, and is {now ?? "nothing"}");
                isWhole = false;
            }

            if (isWhole)
            {
                whole++;
                continue;
            }

            if (plan.Refusals.IsEmpty)
                faults.Add($"{what}: something is not as it was, and nothing is refused");
            refused++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} combinations: {whole} whole again, {refused} with refusals");
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
        Assert.True(whole > 0);
    }

    private static async Task<RepairPlan> Repair(StoreOnDisk store, string what, List<string> faults)
    {
        for (int round = 0; ; round++)
        {
            RepairPlan plan = await store.Plan();
            if (plan.Steps.IsEmpty)
                return plan;
            if (round == MostRounds)
                faults.Add($"{what}: it is never finished");
            if (round == MostRounds)
                return plan;
            RepairOutcome outcome = await new RepairExecutor(store.Host).ApplyAsync(plan, store.NextJournal(), cancellationToken: Token);
            if (outcome.Status != RepairOutcomeStatus.Succeeded)
                faults.Add($"{what}: {outcome.Status}, {outcome.Reason}\n{plan.ToMarkdown()}");
        }
    }

    /// <summary>Whether the layer that a lost link led to has another name now, which fits.</summary>
    private static bool IsRenamed(string root, string name, string? once)
    {
        if (once is null || !name.StartsWith("overlay2/l/", StringComparison.Ordinal) || once.Split(' ')[^1].Split('/') is not ["..", { } layer, "diff"] || !File.Exists($"{root}/overlay2/{layer}/link"))
            return false;
        string now = File.ReadAllText($"{root}/overlay2/{layer}/link");
        return now != Path.GetFileName(name) && new FileInfo($"{root}/overlay2/l/{now}").LinkTarget == $"../{layer}/diff";
    }

    private static bool IsOfNewLayer(Dictionary<string, string> before, string name) =>
        name.StartsWith("overlay2/", StringComparison.Ordinal) && name.Split('/')[1] is { Length: 64 } layer && !before.ContainsKey($"overlay2/{layer}");

    /// <summary>Whether a link file or short link holds a name that fits its counterpart, where the damaged store had none.</summary>
    private static bool IsNewName(string root, string name, string? damaged)
    {
        string path = $"{root}/{name}";
        if (name.EndsWith("/link", StringComparison.Ordinal) && File.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            string link = $"{root}/overlay2/l/{File.ReadAllText(path)}";
            return new FileInfo(link).LinkTarget == $"../{name.Split('/')[1]}/diff";
        }

        return damaged is null && name.StartsWith("overlay2/l/", StringComparison.Ordinal) && new FileInfo(path).LinkTarget is { } target
            && File.Exists($"{root}/overlay2/l/{Path.GetDirectoryName(target)}/link") && File.ReadAllText($"{root}/overlay2/l/{Path.GetDirectoryName(target)}/link") == Path.GetFileName(name);
    }

    /// <summary>Whether what was at a name, or above it, was set aside.</summary>
    private static bool IsKept(Dictionary<string, string> after, string name) =>
        name.Split('/').Any(part => after.Keys.Any(kept => kept.StartsWith($"overlay2-quarantine/{part}", StringComparison.Ordinal) || kept.StartsWith($"overlay2-quarantine/layerdb-{part}", StringComparison.Ordinal)));

    /// <summary>What is at each name; a file has a second line, with its content's digest.</summary>
    private static Dictionary<string, string> Index(string[] listing) => listing.Where(line => line.Length > 0)
        .GroupBy(line => line[..line.IndexOf(' ', StringComparison.Ordinal)], StringComparer.Ordinal)
        .ToDictionary(lines => lines.Key, lines => string.Join('\n', lines), StringComparer.Ordinal);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
