using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Workloads;

internal static class DockerHost
{
    private const string Storage = "/var/lib/docker/overlay2/";

    public static void Fill(MountInfoBuilder table)
    {
        Random random = table.Random;
        int root = BootedHost.Fill(table);
        string[] imageLayers = [.. Enumerable.Range(0, 400).Select(_ => random.LayerLink())];
        while (!table.IsFull)
        {
            string container = random.Identifier();
            string layer = random.Identifier();

            // Past one page of options the engine mounts with paths relative to its storage.
            bool isDeep = random.NextDouble() < 0.02;
            string prefix = isDeep ? "" : Storage;
            int[] images = random.Sample(imageLayers.Length, (isDeep ? random.Next(80, 126) : random.Next(5, 61)) - 1);
            string[] lowers = [.. images.Select(image => imageLayers[image]).Prepend(random.LayerLink()).Select(link => $"{prefix}l/{link}")];
            table.Add(
                $"{Storage}{layer}/merged", "overlay", "overlay",
                KernelText.Overlay(lowers, $"{prefix}{layer}/diff", $"{prefix}{layer}/work"), parent: root);
            table.Add(
                $"/var/lib/docker/containers/{container}/mounts/shm", "tmpfs", "shm", "rw,size=65536k,inode64",
                options: MountInfoBuilder.NoExecution, parent: root);
            table.Add(
                $"/run/docker/netns/{container[..12]}", "nsfs", "nsfs", root: NetworkNamespace(random), options: "rw", device: "0:4");
        }
    }

    public static string NetworkNamespace(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"net:[{random.Next(1526532000, 1526540000) + 2_500_000_000u}]");
}
