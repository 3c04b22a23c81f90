using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Where distributions of Kubernetes that bring a containerd of their own have its directories.</summary>
/// <remarks>Sources: the documentation of k3s, RKE2, k0s and MicroK8s. A containerd that runs tells of its own.</remarks>
internal static class KubernetesPlaces
{
    private const int MaxLength = 1 << 20;
    private const string DataDirectory = "data-dir:";

    private static readonly ImmutableArray<(BytePath Root, BytePath State, BytePath File)> s_fixed =
    [
        Of("/var/lib/k0s/containerd", "/run/k0s/containerd", "/etc/k0s/containerd.toml"),
        Of("/var/snap/microk8s/common/var/lib/containerd", "/var/snap/microk8s/common/run/containerd", "/var/snap/microk8s/current/args/containerd.toml"),
    ];

    /// <summary>Those of one make: the file of settings, and the usual directory of data.</summary>
    private static readonly ImmutableArray<(BytePath Settings, BytePath Data)> s_rancher =
    [
        (BytePath.FromText("/etc/rancher/k3s/config.yaml"), BytePath.FromText("/var/lib/rancher/k3s")),
        (BytePath.FromText("/etc/rancher/rke2/config.yaml"), BytePath.FromText("/var/lib/rancher/rke2")),
    ];

    private static readonly BytePath s_rancherRoot = BytePath.FromText("agent/containerd");
    private static readonly BytePath s_rancherFile = BytePath.FromText("agent/etc/containerd/config.toml");
    private static readonly BytePath s_rancherState = BytePath.FromText("/run/k3s/containerd");

    public static IEnumerable<FoundPlace> Find(EngineSearch search)
    {
        foreach ((BytePath settings, BytePath usual) in s_rancher)
        {
            BytePath data = ReadDataDirectory(search.Host, settings) ?? usual;
            yield return Place(search.Host, data.Combine(s_rancherRoot), s_rancherState, data.Combine(s_rancherFile), data != usual);
        }

        foreach ((BytePath root, BytePath state, BytePath file) in s_fixed)
            yield return Place(search.Host, root, state, file, isNamed: false);
    }

    private static FoundPlace Place(RootedDirectory host, BytePath root, BytePath state, BytePath file, bool isNamed)
    {
        StoreLocation location = ContainerdConfiguration.Read(host, file, usualRoot: root, usualState: state);
        return new FoundPlace(location, isNamed || location.Root != root ? StorePlaceOrigin.Configured : StorePlaceOrigin.Usual);
    }

    /// <summary>The one setting of a YAML file that says where everything is: a line of its own at the left margin.</summary>
    private static BytePath? ReadDataDirectory(RootedDirectory host, BytePath settings)
    {
        if (!BoundedFile.TryRead(host, settings.Span, MaxLength, out byte[] content, out _))
            return null;
        BytePath? found = null;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(DataDirectory, StringComparison.Ordinal))
                continue;
            ReadOnlySpan<char> value = line[DataDirectory.Length..].Trim();
            int comment = value.IndexOf(" #", StringComparison.Ordinal);
            value = (comment < 0 ? value : value[..comment]).Trim().Trim("'\"");
            if (BytePath.FromText(value.ToString()) is { IsAbsolute: true } path)
                found = path;
        }

        return found;
    }

    private static (BytePath Root, BytePath State, BytePath File) Of(string root, string state, string file) => (BytePath.FromText(root), BytePath.FromText(state), BytePath.FromText(file));
}
