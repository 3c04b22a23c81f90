using System.Globalization;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>The root directory of a sound host of any size: an engine's root directory on disk, and the mounts of its first process.</summary>
internal static class SyntheticHost
{
    private const string DataRoot = "var/lib/docker";

    public static void Make(string host, int layers, int containers, int mounts)
    {
        List<string> writable = MakeStore(Path.Combine(host, DataRoot), SyntheticDockerRoot.Write(layers, containers));
        Directory.CreateDirectory($"{host}/proc/1");
        File.WriteAllText($"{host}/proc/1/mountinfo", MountInfo(Path.Combine(host, DataRoot), writable, mounts));
    }

    /// <returns>The ids of the layers that containers write to.</returns>
    private static List<string> MakeStore(string root, byte[] record)
    {
        List<string> writable = [];
        using JsonDocument document = JsonDocument.Parse(record);
        foreach (JsonElement entry in document.RootElement.GetProperty("entries").EnumerateArray())
        {
            string relative = entry.GetProperty("path").GetString()!;
            string path = Path.Combine(root, relative);
            switch (entry.GetProperty("type").GetString())
            {
                case "dir":
                    Directory.CreateDirectory(path);
                    break;
                case "symlink":
                    File.CreateSymbolicLink(path, entry.GetProperty("target").GetString()!);
                    break;
                default:
                    File.WriteAllText(path, entry.GetProperty("text").GetString()!);
                    break;
            }

            if (relative.EndsWith("/mount-id", StringComparison.Ordinal))
                writable.Add(entry.GetProperty("text").GetString()!);
        }

        return writable;
    }

    /// <summary>The root, an overlay for each container, and for the rest a shm for each of them in turn.</summary>
    private static string MountInfo(string root, List<string> writable, int mounts)
    {
        var text = new StringBuilder("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
        for (int i = 1; i < mounts; i++)
        {
            string id = writable[(i - 1) % writable.Count];
            if (i <= writable.Count)
            {
                string home = $"/{DataRoot}/overlay2";
                string lower = File.ReadAllText($"{root}/overlay2/{id}/lower").Replace("l/", home + "/l/", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"{i + 1} 1 0:{i + 100} / {home}/{id}/merged rw,relatime shared:{i} - overlay overlay rw,lowerdir={lower},upperdir={home}/{id}/diff,workdir={home}/{id}/work\n");
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"{i + 1} 1 0:{i + 100} / /{DataRoot}/containers/{id}/{i}/shm rw,nosuid - tmpfs shm rw,size=65536k\n");
            }
        }

        return text.ToString();
    }
}
