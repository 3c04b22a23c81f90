using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>Options as people and engines write them for mount(8): flags of the mount and words for programs, beside the data that the file system gets.</summary>
/// <remarks>
/// mount(8), and engines that call mount(2) themselves, take the former apart: <c>nodev</c>, <c>ro</c> or <c>_netdev</c> never reach the file system. In the data of a mount(2)
/// call, which <see cref="OverlayMountOptions.ParseMountData"/> reads, the same words are options that no overlay knows. Immutable, thread-safe. Source: mount(8), file-system-independent
/// mount options; run with util-linux 2.38.
/// </remarks>
public sealed record MountCommandOptions
{
    private static readonly ImmutableHashSet<ByteString> s_flags =
    [
        .. new[]
        {
            "async", "atime", "noatime", "auto", "noauto", "defaults", "dev", "nodev", "diratime", "nodiratime", "dirsync", "exec", "noexec", "group", "iversion", "noiversion",
            "mand", "nomand", "_netdev", "nofail", "relatime", "norelatime", "strictatime", "nostrictatime", "lazytime", "nolazytime", "suid", "nosuid", "silent", "loud",
            "owner", "ro", "rw", "sync", "user", "nouser", "users", "nosymfollow", "symfollow", "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable",
        }.Select(ByteString.FromText),
    ];

    private static readonly ImmutableHashSet<ByteString> s_changes = [.. new[] { "remount", "bind", "rbind", "move" }.Select(ByteString.FromText)];

    /// <summary>What the file system gets, in order.</summary>
    public OverlayMountOptions Options { get; init; } = OverlayMountOptions.Empty;

    /// <summary>What it does not: flags of the mount, and words for programs (<c>x-…</c>, <c>X-…</c>, <c>comment=</c>), as they were given.</summary>
    public ImmutableArray<ByteString> Flags { get; init; } = [];

    /// <summary>The contexts that a security module gives everything in the mount, as they were given. mount(8) passes them on only where SELinux is in force.</summary>
    public ImmutableArray<OverlayOption> SecurityContexts { get; init; } = [];

    /// <summary>Words that make the call no new mount: <c>remount</c>, <c>bind</c>, <c>move</c>.</summary>
    public ImmutableArray<ByteString> Changes { get; init; } = [];

    /// <summary>Whether the mount is to be read-only: of <c>ro</c>, <c>rw</c> and <c>defaults</c> the last counts.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Reads what is behind <c>-o</c>.</summary>
    /// <param name="text">The options with commas between; any bytes. As in mount data, a backslash or the quotes of a context make a comma plain.</param>
    public static MountCommandOptions Parse(ReadOnlySpan<byte> text)
    {
        OverlayMountOptions all = OverlayMountOptions.ParseMountData(text);
        var flags = ImmutableArray.CreateBuilder<ByteString>();
        var changes = ImmutableArray.CreateBuilder<ByteString>();
        var contexts = ImmutableArray.CreateBuilder<OverlayOption>();
        OverlayMountOptions data = OverlayMountOptions.Empty;
        bool isReadOnly = false;
        foreach (OverlayOption option in all.Options)
        {
            if (option.Value is null && s_changes.Contains(option.Name))
            {
                changes.Add(option.Name);
            }
            else if (IsOfMount(option))
            {
                flags.Add(ByteString.FromText(option.ToString()));
                isReadOnly = option.Is("ro"u8) || (isReadOnly && !option.Is("rw"u8) && !option.Is("defaults"u8));
            }
            else if (option.Value is not null && SecurityContextOption.IsName(option.Name.Span))
            {
                contexts.Add(option);
            }
            else
            {
                data = data.WithAppended(option);
            }
        }

        return new MountCommandOptions { Options = data, Flags = flags.ToImmutable(), SecurityContexts = contexts.ToImmutable(), Changes = changes.ToImmutable(), IsReadOnly = isReadOnly };
    }

    internal static bool IsOfMount(OverlayOption option)
    {
        ReadOnlySpan<byte> name = option.Name.Span;
        return (option.Value is null && s_flags.Contains(option.Name)) || name.StartsWith("x-"u8) || name.StartsWith("X-"u8) || name.SequenceEqual("comment"u8);
    }
}
