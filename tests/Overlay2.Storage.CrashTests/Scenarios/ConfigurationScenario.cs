using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The storage driver is given in daemon.json and by a flag, and daemon.json has an option that engines no longer know: two files are replaced.</summary>
internal sealed class ConfigurationScenario(string scratch) : PlanScenario(scratch)
{
    public const string Name = "configuration";

    private const string Settings = "/etc/docker/daemon.json";
    private const string Flags = "/etc/sysconfig/docker-storage";
    private const string Unit = "/etc/systemd/system/docker.service";
    private const string Option = "\"overlay2.override_kernel_check=true\"";
    private const string Flag = "--storage-driver overlay2";
    private const string FlagsContent = $"# How the engine stores.\nDOCKER_STORAGE_OPTIONS=\"{Flag}\"\n";
    private const string Content = $$"""
        {
          "debug" : true,
          "storage-driver": "overlay2",
          "storage-opts": [{{Option}}]
        }

        """;

    private bool _isSeparate;

    public override ImmutableArray<string> PlanWords => ["--only", "OVL0601", "OVL0602"];

    public override ImmutableArray<string> HostWords => ["--data-root", $"{Scratch}/docker"];

    /// <summary>What earlier tries kept would make it another number of calls.</summary>
    public override bool IsBuiltEachTime => true;

    public override void Build()
    {
        if (!_isSeparate)
        {
            Programs.Run("cp", "-a", "/etc", $"{Scratch}/etc");
            Native.Bind($"{Scratch}/etc", "/etc");
            _isSeparate = true;
        }

        Write(Settings, Content);
        Write(Flags, FlagsContent);
        Write(Unit, "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n");
    }

    public override IReadOnlyList<string> List()
    {
        CheckBackups(Settings, Content);
        CheckBackups(Flags, FlagsContent);
        return Listing.WithoutLeftOvers([.. TreeListing.Of("/etc/docker"), .. TreeListing.Of("/etc/sysconfig"), .. TreeListing.Of("/etc/systemd/system")]);
    }

    public override void CheckRepaired()
    {
        if (File.ReadAllText(Settings) != Content.Replace(Option, "", StringComparison.Ordinal))
            throw new CrashFailure($"after the repair the settings are: {File.ReadAllText(Settings)}");
        if (File.ReadAllText(Flags).Contains(Flag, StringComparison.Ordinal))
            throw new CrashFailure($"after the repair the flags are: {File.ReadAllText(Flags)}");
    }

    /// <summary>At whatever moment a run ended: what is called a backup is whole, the first is the file as it was, and none is there twice.</summary>
    private static void CheckBackups(string path, string content)
    {
        string[] names = Directory.GetFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.bak*");
        string[] contents = [.. names.Select(File.ReadAllText)];
        bool isWhole = contents.All(text => text.StartsWith(content[..1], StringComparison.Ordinal) && text.EndsWith(content[^2..], StringComparison.Ordinal));
        bool isFirst = names.Length == 0 || File.ReadAllText($"{path}.bak") == content;
        if (!isWhole || !isFirst || contents.Distinct(StringComparer.Ordinal).Count() < contents.Length || names.Any(name => File.GetUnixFileMode(name) != File.GetUnixFileMode(path)))
            throw new CrashFailure($"backups of {path}: {string.Join(", ", names)}");
    }

    /// <summary>A file with an owner, a mode and an attribute that none has by default.</summary>
    private static void Write(string path, string content)
    {
        const uint User = 1000;
        const uint Group = 1001;
        string directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        foreach (string left in Directory.GetFiles(directory).Where(left => left.StartsWith(path, StringComparison.Ordinal) || Path.GetFileName(left).StartsWith(".overlay2-", StringComparison.Ordinal)))
            File.Delete(left);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Native.ChangeOwner(path, User, Group);
        Native.SetAttribute(path, "user.note", "\0of the engine"u8);
    }
}
