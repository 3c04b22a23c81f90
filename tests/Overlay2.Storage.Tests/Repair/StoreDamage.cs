namespace Overlay2.Storage.Tests.Repair;

/// <summary>Damages in a copy of a recorded store on disk.</summary>
internal sealed class StoreDamage(string root)
{
    /// <summary>Those after whose repair every byte is there again.</summary>
    public static IEnumerable<string> Mended { get; } =
    [
        "one link gone", "one link wrong", "one link dangling", "a file in the place of a link", "all links gone", "the link directory gone", "link file empty", "link file gone", "link file and link gone",
        "lower empty", "lower bare", "lower malformed", "lower gone", "lower too much", "work gone", "work a file", "mount-id gone", "mount-id empty", "cache-id gone", "cache-id empty", "parent empty", "merged a file", "bare entry",
    ];

    /// <summary>Those whose repair takes something out of the store.</summary>
    public static IEnumerable<string> TakenOut { get; } = ["orphan", "volatile", "several"];

    private string Home => $"{root}/overlay2";

    private string Links => $"{Home}/l";

    /// <summary>A container's writable layer.</summary>
    private string Writable => $"{Home}/{File.ReadAllText(Directory.GetDirectories($"{root}/image/overlay2/layerdb/mounts").Order(StringComparer.Ordinal).First() + "/mount-id")}";

    /// <summary>A layer in the middle of an image: one that has a layer below, and a layer of an image above.</summary>
    private string Middle => Directory.GetDirectories(Home).First(layer => File.Exists($"{layer}/committed") && File.Exists($"{layer}/lower") && !layer.EndsWith("-init", StringComparison.Ordinal));

    private string Lowest => Directory.GetDirectories(Home).First(layer => File.Exists($"{layer}/committed") && !File.Exists($"{layer}/lower"));

    /// <summary>Makes one of the damages.</summary>
    public void Make(string damage)
    {
        string database = $"{root}/image/overlay2/layerdb";
        string link = $"{Links}/{File.ReadAllText($"{Middle}/link")}";
        string container = Directory.GetDirectories($"{database}/mounts").Order(StringComparer.Ordinal).First();
        string image = Directory.GetDirectories($"{database}/sha256").First(entry => File.Exists($"{entry}/parent"));
        switch (damage)
        {
            case "one link gone":
                File.Delete(link);
                break;
            case "one link wrong":
                Relink(link, $"../{Path.GetFileName(Lowest)}/diff");
                break;
            case "one link dangling":
                Relink(link, $"../{new string('0', 64)}/diff");
                break;
            case "a file in the place of a link":
                File.Delete(link);
                File.WriteAllText(link, "?");
                break;
            case "all links gone":
                foreach (string each in Directory.GetFileSystemEntries(Links))
                    File.Delete(each);
                break;
            case "the link directory gone":
                Directory.Delete(Links, recursive: true);
                break;
            case "link file empty":
                File.WriteAllText($"{Middle}/link", "");
                break;
            case "link file gone":
                File.Delete($"{Middle}/link");
                break;
            case "link file and link gone":
                File.Delete($"{Middle}/link");
                File.Delete(link);
                break;
            case "lower empty":
                File.WriteAllText($"{Middle}/lower", "");
                break;
            case "lower bare":
                File.WriteAllText($"{Middle}/lower", "l");
                break;
            case "lower malformed":
                File.WriteAllText($"{Writable}/lower", "{\"a\":\0");
                break;
            case "lower gone":
                File.Delete($"{Writable}/lower");
                break;
            case "lower too much":
                string lower = $"{Lowest}/lower";
                File.WriteAllText(lower, "l");
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(lower, UnixFileMode.UserRead);
                break;
            case "work gone":
                Directory.Delete($"{Writable}/work", recursive: true);
                break;
            case "work a file":
                Directory.Delete($"{Writable}/work", recursive: true);
                File.WriteAllText($"{Writable}/work", "?");
                break;
            case "mount-id gone":
                File.Delete($"{container}/mount-id");
                break;
            case "mount-id empty":
                File.WriteAllText($"{container}/mount-id", "");
                break;
            case "cache-id gone":
                File.Delete($"{image}/cache-id");
                break;
            case "cache-id empty":
                File.WriteAllText($"{image}/cache-id", "");
                break;
            case "parent empty":
                File.WriteAllText($"{image}/parent", "");
                break;
            case "merged a file":
                File.WriteAllText($"{Writable}/merged", "?");
                break;
            case "bare entry":
                Directory.CreateDirectory($"{database}/sha256/{new string('0', 64)}");
                break;
            case "orphan":
                string orphan = new('e', 64);
                Directory.CreateDirectory($"{Home}/{orphan}/diff/inner");
                File.WriteAllText($"{Home}/{orphan}/diff/inner/file", "old");
                File.WriteAllText($"{Home}/{orphan}/link", new string('E', 26));
                File.CreateSymbolicLink($"{Links}/{new string('E', 26)}", $"../{orphan}/diff");
                Directory.SetLastWriteTimeUtc($"{Home}/{orphan}", DateTime.UtcNow.AddDays(-2));
                break;
            case "volatile":
                Directory.CreateDirectory($"{Writable}/work/work/incompat/volatile");
                File.WriteAllText($"{Writable}/work/work/incompat/volatile/dirty", "");
                break;
            case "several":
                foreach (string one in (string[])["one link wrong", "lower empty", "merged a file", "orphan", "volatile"])
                    Make(one);
                break;
            default:
                Assert.Fail(damage);
                break;
        }
    }

    private static void Relink(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
