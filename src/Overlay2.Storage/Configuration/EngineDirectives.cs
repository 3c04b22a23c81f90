using System.Collections.Frozen;

namespace Overlay2.Storage.Configuration;

/// <summary>Every directive of the engine on Linux.</summary>
/// <remarks>Sources: dockerd(8) of 20.10 to 29, the engine's list of deprecated features and its release notes.</remarks>
internal static class EngineDirectives
{
    public const string StorageDriver = "storage-driver";
    public const string StorageOptions = "storage-opts";
    public const string DataRoot = "data-root";
    public const string OldDataRoot = "graph";
    public const string ExecRoot = "exec-root";
    public const string ConfigFile = "config-file";
    public const string Features = "features";
    public const string RemappedUser = "userns-remap";

    public static EngineDirective[] All { get; } =
    [
        .. Named(DirectiveType.Text,
            "api-cors-header", "bip", "bip6", "bridge", "bridge-accept-fwmark", "cgroup-parent", "containerd", "containerd-namespace",
            DataRoot, "default-cgroupns-mode", "default-gateway", "default-gateway-v6", "default-ipc-mode", "default-runtime", ExecRoot,
            "firewall-backend", "fixed-cidr", "fixed-cidr-v6", "group", "host-gateway-ip", "http-proxy", "https-proxy", "init-path", "ip",
            "log-driver", "log-format", "log-level", "metrics-addr", "no-proxy", "pidfile", "seccomp-profile", StorageDriver,
            "swarm-default-advertise-addr", "tlscacert", "tlscert", "tlskey", "userland-proxy-path", RemappedUser,
            "cluster-store", "cluster-advertise", OldDataRoot),
        .. Named(DirectiveType.Switch,
            "allow-direct-routing", "cri-containerd", "debug", "experimental", "icc", "init", "ip-forward", "ip-forward-no-drop", "ip-masq",
            "ip6tables", "iptables", "ipv6", "live-restore", "no-new-privileges", "raw-logs", "rootless", "selinux-enabled", "tls",
            "tlsverify", "userland-proxy", "disable-legacy-registry"),
        .. Named(DirectiveType.Number,
            "cpu-rt-period", "cpu-rt-runtime", "max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts", "mtu",
            "network-control-plane-mtu", "network-diagnostic-port", "oom-score-adjust", "shutdown-timeout"),
        .. Named(DirectiveType.List, "allow-nondistributable-artifacts", "dns", "dns-search"),
        .. Named(DirectiveType.Other, "default-shm-size"),
        new("authorization-plugin", "authorization-plugins", DirectiveType.List),
        new("cdi-spec-dir", "cdi-spec-dirs", DirectiveType.List),
        new("dns-opt", "dns-opts", DirectiveType.List),
        new("exec-opt", "exec-opts", DirectiveType.List),
        new("host", "hosts", DirectiveType.List),
        new("host-gateway-ip", "host-gateway-ips", DirectiveType.List),
        new("insecure-registry", "insecure-registries", DirectiveType.List),
        new("label", "labels", DirectiveType.List),
        new("node-generic-resource", "node-generic-resources", DirectiveType.List),
        new("registry-mirror", "registry-mirrors", DirectiveType.List),
        new("storage-opt", StorageOptions, DirectiveType.List),
        new("add-runtime", "runtimes", DirectiveType.ObjectMap) { Merges = true },
        new("cluster-store-opt", "cluster-store-opts", DirectiveType.TextMap),
        new("default-network-opt", "default-network-opts", DirectiveType.ObjectMap),
        new("feature", Features, DirectiveType.SwitchMap),
        new("log-opt", "log-opts", DirectiveType.TextMap),
        new("default-address-pool", "default-address-pools", DirectiveType.ObjectList),
        new("default-ulimit", "default-ulimits", DirectiveType.ObjectMap),
        new("nri-opts", "nri-opts", DirectiveType.Other),
        new("containerd-plugins-namespace", "containerd-plugins-namespace", DirectiveType.Text) { IsFlagOnly = true },
        new("", "builder", DirectiveType.Object),
        new("", "deprecated-key-path", DirectiveType.Text),
        new(ConfigFile, ConfigFile, DirectiveType.Text) { IsFlagOnly = true },
        new("restart", "restart", DirectiveType.Switch) { IsFlagOnly = true },
        new("validate", "validate", DirectiveType.Switch) { IsFlagOnly = true },
        new("help", "help", DirectiveType.Switch) { IsFlagOnly = true },
        new("version", "version", DirectiveType.Switch) { IsFlagOnly = true },
    ];

    private static readonly FrozenDictionary<string, char> Shorts = new Dictionary<string, char>(StringComparer.Ordinal)
    {
        ["bridge"] = 'b', ["debug"] = 'D', [OldDataRoot] = 'g', ["group"] = 'G', ["host"] = 'H', ["log-level"] = 'l', ["pidfile"] = 'p',
        ["restart"] = 'r', [StorageDriver] = 's', ["version"] = 'v',
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, EngineVersions> Versions = new Dictionary<string, EngineVersions>(StringComparer.Ordinal)
    {
        ["allow-direct-routing"] = EngineVersions.Since(28), ["bip6"] = EngineVersions.Since(28),
        ["bridge-accept-fwmark"] = EngineVersions.Since(28), ["cdi-spec-dirs"] = EngineVersions.Since(25),
        ["cluster-advertise"] = EngineVersions.Before(23), ["cluster-store"] = EngineVersions.Before(23),
        ["cluster-store-opts"] = EngineVersions.Before(23), ["default-network-opts"] = EngineVersions.Since(24),
        ["disable-legacy-registry"] = EngineVersions.Before(20), ["firewall-backend"] = EngineVersions.Since(29),
        [OldDataRoot] = EngineVersions.Before(23), ["host-gateway-ips"] = EngineVersions.Since(28),
        ["http-proxy"] = EngineVersions.Since(23), ["https-proxy"] = EngineVersions.Since(23), ["no-proxy"] = EngineVersions.Since(23),
        ["ip-forward-no-drop"] = EngineVersions.Since(28), ["log-format"] = EngineVersions.Since(25), ["nri-opts"] = EngineVersions.Since(29),
        ["oom-score-adjust"] = EngineVersions.Before(25), ["validate"] = EngineVersions.Since(23), ["api-cors-header"] = EngineVersions.Before(29),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, EngineDirective> Keys = All.Select(Complete)
        .Where(directive => directive.Key.Length > 0).ToFrozenDictionary(directive => directive.Key, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, EngineDirective> Flags = All.Select(Complete)
        .Where(directive => directive.Flag.Length > 0).DistinctBy(directive => directive.Flag, StringComparer.Ordinal)
        .ToFrozenDictionary(directive => directive.Flag, StringComparer.Ordinal);

    private static readonly FrozenDictionary<char, EngineDirective> ShortFlags = Flags.Values
        .Where(directive => directive.Short != '\0').ToFrozenDictionary(directive => directive.Short);

    /// <summary>The directive of a key of the configuration file.</summary>
    public static EngineDirective? OfKey(string key) => Keys.GetValueOrDefault(key);

    /// <summary>The directive of a long flag.</summary>
    public static EngineDirective? OfFlag(string flag) => Flags.GetValueOrDefault(flag);

    /// <summary>The directive of a short flag.</summary>
    public static EngineDirective? OfShort(char flag) => ShortFlags.GetValueOrDefault(flag);

    private static IEnumerable<EngineDirective> Named(DirectiveType type, params string[] names) =>
        names.Select(name => new EngineDirective(name, name, type));

    private static EngineDirective Complete(EngineDirective directive)
    {
        EngineVersions versions = Versions.GetValueOrDefault(directive.Key, EngineVersions.All);
        return directive with
        {
            Short = Shorts.GetValueOrDefault(directive.Flag),
            KeyVersions = versions,
            FlagVersions = directive.Key switch
            {
                Features => EngineVersions.Since(28),
                "allow-nondistributable-artifacts" => EngineVersions.Before(29),
                "host-gateway-ips" => EngineVersions.All,
                _ => versions,
            },
        };
    }
}
