using System.Collections.Frozen;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>What of a setting's value is shown, by its name: that of a flag, a member of a file, an option. A name that is not known to be harmless hides its value.</summary>
internal static class SecretSettings
{
    /// <summary>Directives of the engine that hold what anybody wrote.</summary>
    private static readonly FrozenSet<string> s_free = Set("label labels node-generic-resource node-generic-resources cluster-store-opt cluster-store-opts nri-opts api-cors-header");

    /// <summary>Names that sound like those of secrets: what they hold is a path, or left out.</summary>
    private static readonly FrozenSet<string> s_paths = Set("tlskey tlscert tlscacert deprecated-key-path p");

    /// <summary>Settings whose value, or each item of it, is an option with a value.</summary>
    private static readonly FrozenSet<string> s_options = Set("storage-opt storage-opts log-opt log-opts exec-opt exec-opts default-network-opt default-network-opts default-ulimit default-ulimits feature features add-runtime runtimes default-address-pool default-address-pools builder mountopt");

    private static readonly FrozenSet<string> s_harmless =
    [
        .. EngineDirectives.All.SelectMany(static directive => new[] { directive.Key, directive.Flag }).Where(static name => name.Length > 0 && !s_free.Contains(name)),
        .. Set("""
            b D g G H l r s v proxies
            size max-size max-file compress mode max-buffer-size tag gelf-address gelf-compression-type syslog-address syslog-facility syslog-format fluentd-address splunk-url splunk-format splunk-index
            awslogs-region awslogs-group awslogs-stream path base runtimeType Name Hard Soft nofile nproc memlock core nvidia runc
            gc enabled defaultKeepStorage keepStorage reservedSpace maxUsedSpace minFreeSpace filter policy all
            driver runroot graphroot rootless_storage_path imagestore additionalimagestores mount_program mountopt ignore_chown_errors skip_mount_home force_mask inodes thinpool use_composefs
            root state version snapshotter root_path upperdir_label sync_remove default_runtime_name runtime_type SystemdCgroup sandbox_image sandbox disabled_plugins required_plugins imports
            address uid gid max_recv_message_size max_send_message_size level shim_debug server endpoint location prefix registries search insecure blocked
            DOCKER_DRIVER STORAGE_DRIVER
            """),
    ];

    private static readonly string[] s_harmlessPrefixes = ["overlay2.", "overlay.", "dm.", "btrfs.", "zfs.", "native.", "com.docker.network.", "io.containerd."];

    private static readonly FrozenSet<string> s_proxies = Set("http_proxy https_proxy ftp_proxy no_proxy all_proxy");

    /// <summary>Settings whose items are options.</summary>
    public static bool HoldsOptions(ReadOnlySpan<byte> name) => IsIn(s_options, name);

    /// <summary>Variables that hold addresses.</summary>
    public static bool IsProxy(ReadOnlySpan<byte> name) => s_proxies.Contains(Encoding.Latin1.GetString(name).ToLowerInvariant());

    /// <summary>Whether values of this name are shown, but for secrets that are in them.</summary>
    public static bool IsHarmless(ReadOnlySpan<byte> name)
    {
        if (IsIn(s_harmless, name) && !IsIn(s_paths, name))
            return true;
        foreach (string prefix in s_harmlessPrefixes)
        {
            if (name.Length > prefix.Length && Ascii.Equals(name[..prefix.Length], prefix) && !SecretNames.IsSecret(name))
                return true;
        }

        return false;
    }

    /// <summary>The value as it is shown.</summary>
    /// <param name="name">The setting's name, without dashes.</param>
    /// <param name="value">Its value, or one item of it.</param>
    public static ByteString Show(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (SecretShapes.IsSwitch(value))
            return new ByteString(value);
        if (HoldsOptions(name))
            return ShowOptions(value);
        if (IsHarmless(name))
        {
            // Behind a sign that parts the settings of an address more of the same secret can stand, unless it is one.
            ByteString shown = value.ContainsAny(" \t\r\n"u8) ? new ByteString(SecretMarker.Text) : SecretText.Filter(value);
            return value.Contains((byte)'&') && value.IndexOf("://"u8) < 0 && !shown.Span.SequenceEqual(value) ? new ByteString(SecretMarker.Text) : shown;
        }

        int equals = IsIn(s_free, name) ? value.IndexOf((byte)'=') : -1;
        if (equals > 0 && equals < value.Length - 1 && value[equals + 1] != (byte)'=')
            return new ByteString([.. SecretNames.Show(value[..equals]).Span, (byte)'=', .. SecretMarker.Text]);
        return (IsIn(s_paths, name) || !SecretNames.IsSecret(name)) && SecretShapes.IsPath(value) ? new ByteString(value) : new ByteString(SecretMarker.Text);
    }

    /// <summary>Options as <c>name=value</c>, several with commas between them.</summary>
    private static ByteString ShowOptions(ReadOnlySpan<byte> value)
    {
        List<byte> shown = new(value.Length);
        foreach (Range range in value.Split((byte)','))
        {
            ReadOnlySpan<byte> option = value[range];
            int equals = option.IndexOf((byte)'=');
            if (range.Start.Value > 0)
                shown.Add((byte)',');
            if (equals < 0)
            {
                shown.AddRange(IsHarmless(option) || SecretShapes.IsSwitch(option) || SecretShapes.IsPath(option) ? option : SecretMarker.Text);
                continue;
            }

            shown.AddRange(SecretNames.Show(option[..equals]).Span);
            shown.Add((byte)'=');
            shown.AddRange(HoldsOptions(option[..equals]) ? SecretText.Filter(option[(equals + 1)..]).Span : Show(option[..equals], option[(equals + 1)..]).Span);
        }

        return ByteString.Wrap(shown.ToArray());
    }

    private static bool IsIn(FrozenSet<string> names, ReadOnlySpan<byte> name) => name.Length <= 64 && names.Contains(Encoding.Latin1.GetString(name));

    private static FrozenSet<string> Set(string words) => words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
