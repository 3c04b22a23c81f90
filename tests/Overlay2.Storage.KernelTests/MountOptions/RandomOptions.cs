namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>Random mount strings over the directories that <see cref="MakeDirectories"/> makes: mostly sound, some not.</summary>
internal sealed class RandomOptions(Random random)
{
    private static readonly string[] s_switches =
    [
        "redirect_dir=on", "redirect_dir=off", "redirect_dir=follow", "redirect_dir=nofollow",
        "index=on", "index=on", "index=off", "nfs_export=on", "nfs_export=on", "nfs_export=off", "metacopy=on", "metacopy=off",
        "xino=on", "xino=off", "xino=auto", "userxattr", "volatile", "fsync=auto", "fsync=strict", "fsync=volatile",
        "uuid=on", "uuid=off", "uuid=null", "uuid=auto", "verity=on", "verity=off", "verity=require",
        "default_permissions", "override_creds", "nooverride_creds",
    ];

    private static readonly string[] s_odd =
        ["bogus", "index", "index=", "volatile=1", "metacopy=ON", "xino=2", "lowerdir=", "upperdir=", "workdir=", "upperdir", "", "redirect_dir=o\\n"];

    private static readonly string[] s_lowers =
        ["l0", "l1", "l2", "l0", "l1", "l2", "d0", "d1", "b/l0", "b/l1", "stack", "x\\:y", "x\\,y", "p\\\\q", "./l0", "l0/../l1"];

    private static readonly string[] s_badLowers =
        ["nosuch", "file", "l0/x", "u", "u/x", "w", "w/x", "p\\q", "u2", "", "stack", "stack2", "x:y"];

    private static readonly string[] s_uppers = ["u", "u", "u", "u", "b/u", "x:y", "l0/x", "used", "u2"];
    private static readonly string[] s_badUppers = ["nosuch", "file", "w/x", "l0", "w", "stack", "ro/u"];
    private static readonly string[] s_works = ["w", "w", "w", "w", "b/w", "l1/x", "w2"];
    private static readonly string[] s_badWorks = ["nosuch", "file", "u/x", "u", "l0", "stack/x"];

    public static void MakeDirectories(string folder, string other)
    {
        string[] paths = ["l0/x", "l1/x", "l2", "d0", "d1", "u/x", "u2", "w/x", "w2", "x:y", "x,y", "p\\q", "s0", "s1", "s2", "used", "usedwork"];
        foreach (string path in paths)
            Directory.CreateDirectory($"{folder}/{path}");
        foreach (string path in (string[])["l0", "l1", "u", "w"])
            Directory.CreateDirectory($"{other}/{path}");
        File.WriteAllText(folder + "/file", "");
        File.CreateSymbolicLink(folder + "/b", other);
    }

    public string Next()
    {
        var options = new List<string>();
        if (!Sometimes(40))
            options.AddRange(Lowers());
        if (random.Next(4) != 0)
        {
            if (!Sometimes(40))
                options.Add("upperdir=" + Pick(s_uppers, s_badUppers));
            if (!Sometimes(40))
                options.Add("workdir=" + Pick(s_works, s_badWorks));
        }

        for (int i = random.Next(5); i > 0; i--)
            options.Insert(random.Next(options.Count + 1), Sometimes(40) ? s_odd[random.Next(s_odd.Length)] : s_switches[random.Next(s_switches.Length)]);
        return string.Join(',', options);
    }

    private List<string> Lowers()
    {
        string[] layers = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Pick(s_lowers, s_badLowers)).Distinct()];
        if (random.Next(4) == 0)
        {
            // Appended layers are raw, so escapes are other paths there.
            int data = random.Next(3) == 0 ? random.Next(1, layers.Length + 1) : layers.Length;
            var appended = layers.Select((l, i) => (i < data ? "lowerdir+=" : "datadir+=") + l.Replace("\\:", ":", StringComparison.Ordinal)).ToList();
            if (Sometimes(10))
                appended.Insert(random.Next(appended.Count + 1), "lowerdir=" + Pick(s_lowers, s_badLowers));
            return appended;
        }

        var text = new System.Text.StringBuilder("lowerdir=");
        for (int i = 0; i < layers.Length; i++)
        {
            if (i > 0)
                text.Append(random.Next(5) == 0 ? "::" : ":");
            text.Append(layers[i]);
        }

        if (Sometimes(40))
            text.Append(':');
        if (Sometimes(60))
            text.Append('\\');
        return [text.ToString()];
    }

    private string Pick(string[] sound, string[] bad) => Sometimes(12) ? bad[random.Next(bad.Length)] : sound[random.Next(sound.Length)];

    private bool Sometimes(int oneIn) => random.Next(oneIn) == 0;
}
