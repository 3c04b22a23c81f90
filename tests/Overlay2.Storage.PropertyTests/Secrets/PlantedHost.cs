using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A small host as files by path, with logs and an engine's answer, in which a place plants a secret.</summary>
internal sealed class PlantedHost
{
    /// <summary>The files below the host's root, without the first slash.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["proc/1/mountinfo"] = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n",
        ["proc/1/comm"] = "systemd\n",
        ["var/lib/docker/image/overlay2/repositories.json"] = "{}",
        ["var/lib/docker/overlay2/l/.keep"] = "",
    };

    /// <summary>Lines of the kernel's log.</summary>
    public string KernelLog { get; set; } = "";

    /// <summary>Lines of the engine's log.</summary>
    public string EngineLog { get; set; } = "";

    /// <summary>What the engine answers to <c>/info</c>; empty for no answer.</summary>
    public string EngineInfo { get; set; } = "";

    /// <summary>The last change of the snapshot before it is saved: for what no file of a host holds.</summary>
    public Func<StorageSnapshot, StorageSnapshot> Change { get; set; } = static snapshot => snapshot;

    /// <summary>The command line and environment of the running engine.</summary>
    public void Run(string[] arguments, params string[] environment)
    {
        Files["var/run/docker.pid"] = "77";
        Files["proc/77/cmdline"] = string.Concat(arguments.Select(argument => argument + "\0"));
        Files["proc/77/environ"] = string.Concat(environment.Select(variable => variable + "\0"));
        Files["proc/77/comm"] = "dockerd\n";
    }

    /// <summary>Adds a mount to those that the host sees.</summary>
    public void Mount(string type, string source, string options, string mountPoint = "/mnt/x") =>
        Files["proc/1/mountinfo"] += $"40 22 0:50 / {Escape(mountPoint)} rw,relatime shared:2 - {type} {Escape(source)} {Escape(options)}\n";

    /// <summary>The service unit with these lines in its section.</summary>
    public void Unit(string lines) => Files["etc/systemd/system/docker.service"] = $"[Unit]\nDescription=Engine\n[Service]\n{lines}\n[Install]\nWantedBy=multi-user.target\n";

    /// <summary>The snapshot of this host.</summary>
    public StorageSnapshot Capture(CancellationToken cancellationToken)
    {
        string root = Directory.CreateTempSubdirectory("overlay2-secrets-").FullName;
        try
        {
            foreach ((string path, string content) in Files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
                File.WriteAllText(Path.Combine(root, path), content, new UTF8Encoding(false));
            }

            var snapshot = StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = BytePath.FromText(root) }, cancellationToken).GetAwaiter().GetResult();
            StorageSnapshot rest = StorageSnapshot.FromFiles(
                new SnapshotFiles { KernelLog = Write(root, "kernel.log", KernelLog), EngineLog = Write(root, "engine.log", EngineLog), EngineInfo = Write(root, "info.json", EngineInfo) }, cancellationToken);
            return Change(snapshot with { Log = rest.Log, Engine = rest.Engine });
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>A text as JSON.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text);

    private static BytePath Write(string root, string name, string content)
    {
        if (content.Length == 0)
            return default;
        File.WriteAllText(Path.Combine(root, name), content);
        return BytePath.FromText(Path.Combine(root, name));
    }

    private static string Escape(string field) => field.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal)
        .Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal);
}
