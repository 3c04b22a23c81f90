using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Workloads;

internal static class KubeHost
{
    private const string Snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/";

    public static void Fill(MountInfoBuilder table)
    {
        Random random = table.Random;
        int root = BootedHost.Fill(table);
        int snapshot = 40;
        while (!table.IsFull)
        {
            string pod = random.Uuid();
            string volumes = $"/var/lib/kubelet/pods/{pod}/volumes/";
            table.Add(
                $"{volumes}kubernetes.io~projected/kube-api-access-{random.PodSuffix()}", "tmpfs", "tmpfs",
                string.Create(CultureInfo.InvariantCulture, $"rw,size={random.Choose(174080, 524288, 16021376)}k,inode64,noswap"), parent: root);
            table.Add(
                $"/run/containerd/io.containerd.grpc.v1.cri/sandboxes/{random.Identifier()}/shm", "tmpfs", "shm",
                "rw,size=65536k,inode64", options: MountInfoBuilder.NoExecution);
            table.Add(
                $"/run/netns/cni-{random.Uuid()}", "nsfs", "nsfs", root: DockerHost.NetworkNamespace(random), options: "rw", device: "0:4");
            if (random.NextDouble() < 0.3)
            {
                table.Add(
                    string.Create(CultureInfo.InvariantCulture, $"/var/lib/kubelet/pods/{pod}/volume-subpaths/config/app/{random.Next(4)}"),
                    "ext4", "/dev/nvme0n1p2", "rw,errors=remount-ro", root: $"{volumes}kubernetes.io~configmap/config/app.conf",
                    options: "ro,relatime", device: BootedHost.RootDevice, parent: root);
            }

            for (int containers = random.Next(1, 4); containers > 0; containers--)
            {
                snapshot += random.Next(1, 10);
                AddContainer(table, root, snapshot);
            }
        }
    }

    private static void AddContainer(MountInfoBuilder table, int root, int snapshot)
    {
        Random random = table.Random;
        IEnumerable<string> lowers = random.Sample(snapshot - 1, Math.Min(random.Next(1, 31), snapshot - 1))
            .Select(lower => string.Create(CultureInfo.InvariantCulture, $"{Snapshots}{lower + 1}/fs"));
        string first = "rw";
        if (random.NextDouble() < 0.1)
        {
            int[] categories = random.Sample(1024, 2);
            Array.Sort(categories);
            first = string.Create(
                CultureInfo.InvariantCulture, $"rw,context=\"system_u:object_r:container_file_t:s0:c{categories[0]},c{categories[1]}\"");
        }

        string own = string.Create(CultureInfo.InvariantCulture, $"{Snapshots}{snapshot}");
        table.Add(
            $"/run/containerd/io.containerd.runtime.v2.task/k8s.io/{random.Identifier()}/rootfs", "overlay", "overlay",
            KernelText.Overlay(lowers, own + "/fs", own + "/work", first), parent: root);
    }
}
