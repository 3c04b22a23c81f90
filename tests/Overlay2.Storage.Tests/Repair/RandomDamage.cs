namespace Overlay2.Storage.Tests.Repair;

/// <summary>Damages a store on disk at random places.</summary>
internal sealed class RandomDamage(string root, Random dice)
{
    private readonly string _home = $"{root}/overlay2";
    private readonly string _database = $"{root}/image/overlay2/layerdb";

    public Random Dice => dice;

    /// <summary>What was done, in words.</summary>
    public List<string> Done { get; } = [];

    public void Do()
    {
        switch (dice.Next(22))
        {
            case 0:
                With(Link(), path => File.Delete(path), "link gone");
                break;
            case 1:
                With(Link(), path => Relink(path, $"../{Path.GetFileName(Layer())}/diff"), "link to a layer");
                break;
            case 2:
                With(Link(), path => Relink(path, "../nothing/diff"), "link dangling");
                break;
            case 3:
                Note("all links gone");
                foreach (string path in Directory.GetFileSystemEntries($"{_home}/l"))
                    File.Delete(path);
                break;
            case 4:
                With(Part("link"), path => File.WriteAllText(path, ""), "link file empty");
                break;
            case 5:
                With(Part("link"), File.Delete, "link file gone");
                break;
            case 6:
                With(Part("link"), path => File.WriteAllText(path, "garbage"), "link file malformed");
                break;
            case 7:
                With(Part("lower"), path => File.WriteAllText(path, ""), "lower empty");
                break;
            case 8:
                With(Part("lower"), path => File.WriteAllText(path, "l"), "lower bare");
                break;
            case 9:
                With(Part("lower"), path => File.WriteAllText(path, "{\"x\":1}"), "lower malformed");
                break;
            case 10:
                With(Part("lower"), File.Delete, "lower gone");
                break;
            case 11:
                With(Work(), path => Directory.Delete(path, recursive: true), "work gone");
                break;
            case 12:
                With(Entry("sha256", "cache-id"), File.Delete, "cache-id gone");
                break;
            case 13:
                With(Entry("sha256", "cache-id"), path => File.WriteAllText(path, ""), "cache-id empty");
                break;
            case 14:
                With(Entry("mounts", "mount-id"), File.Delete, "mount-id gone");
                break;
            case 15:
                With(Entry("mounts", "mount-id"), path => File.WriteAllText(path, ""), "mount-id empty");
                break;
            case 16:
                With(Entry("sha256", "parent"), path => File.WriteAllText(path, ""), "parent empty");
                break;
            case 17:
                With(Work(), path => Directory.CreateDirectory($"{path}/work/incompat/volatile"), "volatile");
                break;
            case 18:
                With(Work(), path => Directory.CreateDirectory($"{path}/work/a/b/c/d"), "work deep");
                break;
            case 19:
                string orphan = $"{_home}/{Hexadecimal()}";
                Directory.CreateDirectory($"{orphan}/diff");
                File.WriteAllText($"{orphan}/link", "");
                Directory.SetLastWriteTimeUtc(orphan, DateTime.UtcNow.AddDays(-3));
                Note($"orphan {orphan}");
                break;
            case 20:
                string unused = $"{_home}/l/{new string([.. Enumerable.Range(0, 26).Select(_ => (char)('A' + dice.Next(26)))])}";
                File.CreateSymbolicLink(unused, $"../{Hexadecimal()}/diff");
                Note($"unused link {unused}");
                break;
            default:
                With(Layer(), path => Directory.Delete(path, recursive: true), "layer gone");
                break;
        }
    }

    private void With(string? path, Action<string> damage, string what)
    {
        if (path is null)
            return;
        damage(path);
        Note($"{what}: {Path.GetRelativePath(root, path)}");
    }

    private void Note(string what) => Done.Add(what);

    private string Hexadecimal() => Convert.ToHexStringLower([.. Enumerable.Range(0, 32).Select(_ => (byte)dice.Next(256))]);

    private string? Layer() => Any(Directory.GetDirectories(_home).Where(path => Path.GetFileName(path) != "l"));

    private string? Link() => Any(Directory.GetFileSystemEntries($"{_home}/l"));

    private string? Part(string name) => Any(Directory.GetDirectories(_home).Select(path => $"{path}/{name}").Where(Path.Exists));

    /// <summary>Of a layer that is finished nobody needs the work directory.</summary>
    private string? Work() => Any(Directory.GetDirectories(_home).Where(path => !File.Exists($"{path}/committed")).Select(path => $"{path}/work").Where(Path.Exists));

    private string? Entry(string kind, string name) => Any(Directory.GetDirectories($"{_database}/{kind}").Select(path => $"{path}/{name}").Where(Path.Exists));

    private string? Any(IEnumerable<string> paths)
    {
        string[] all = [.. paths.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? null : all[dice.Next(all.Length)];
    }

    private static void Relink(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
