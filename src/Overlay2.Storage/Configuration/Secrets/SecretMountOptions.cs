using System.Collections.Frozen;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of the options and sources of mounts.</summary>
/// <remarks>
/// Options of the kernel's own file systems stay, but for those whose name tells of a secret. What a program or a server takes is shown
/// where its name is known to be harmless: who may mount is nobody else's business. Sources: mount(8), nfs(5), mount.cifs(8), mount.ceph(8), fuse(8).
/// </remarks>
internal static class SecretMountOptions
{
    private const int LongestName = 64;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_kernelTypes = Set("""
        overlay ext2 ext3 ext4 xfs btrfs tmpfs ramfs devtmpfs devpts proc sysfs cgroup cgroup2 mqueue hugetlbfs securityfs debugfs tracefs pstore efivarfs bpf configfs fusectl nsfs binfmt_misc
        rpc_pipefs nfsd squashfs erofs iso9660 udf vfat msdos exfat ntfs3 f2fs bcachefs jfs reiserfs zfs gfs2 ocfs2 cramfs romfs autofs selinuxfs rootfs aufs none swap
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_harmless = Set("""
        addr mountaddr clientaddr vers nfsvers mountvers minorversion proto mountproto port mountport rsize wsize bsize namlen timeo retrans sec local_lock acregmin acregmax acdirmin acdirmax actimeo
        nconnect max_connect lookupcache retry uid gid forceuid forcegid file_mode dir_mode fmask dmask umask mode iocharset codepage cache echo_interval closetimeo handletimeout snapshot max_channels
        user_id group_id max_read blksize rootmode fd pgrp timeout minproto maxproto pipe_ino trans access msize version aname dfltuid dfltgid subvol subvolid size nr_inodes data errors discard
        lowerdir upperdir workdir lowerdir+ datadir+ redirect_dir index xino metacopy volatile uuid nfs_export verity fsname subtype context fscontext defcontext rootcontext srcaddr fsid host hosts
        mds_namespace fs unc prefixpath ip netbiosname servern posixpaths rasize wsync readdir_max_entries caps_wanted_delay_min caps_wanted_delay_max crush_location read_from_replica ms_mode
        squash_to_uid squash_to_gid uidmapping gidmapping compress ssd space_cache commit stripe io
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_flags = Set("""
        ro rw suid nosuid dev nodev exec noexec sync async atime noatime diratime nodiratime relatime norelatime strictatime lazytime nosymfollow defaults auto noauto user nouser users owner group
        nofail _netdev remount bind rbind hard soft intr nointr bg fg tcp udp ac noac cto nocto lock nolock acl noacl resvport noresvport sharecache nosharecache fsc nofsc rdirplus nordirplus
        allow_other allow_root default_permissions nonempty seal serverino noserverino mapposix nomapposix mapchars nomapchars unix nounix noperm perm dynperm strictcache persistenthandles
        nobrl nohandlecache forceuid noforceuid forcegid noforcegid nodfs rasize dcache nodcache dirstat nodirstat rbytes norbytes asyncreaddir noasyncreaddir userxattr volatile
        """);

    /// <summary>The options of a mount, between commas.</summary>
    /// <param name="type">The type of its file system.</param>
    /// <param name="options">The options.</param>
    public static ByteString Filter(ByteString type, ByteString options) =>
        IsPlain(options.Span, IsIn(s_kernelTypes, type.Span)) ? options : SecretMarker.Settle(options.Span, part => Pass(type, part));

    /// <summary>What is mounted: a device, a server's directory, an address, or what a program takes.</summary>
    public static ByteString FilterSource(ByteString source) => source.Span.ContainsAny(SecretCharacters.Source) || source.Length >= 16 ? SecretText.Filter(source.Span) : source;

    /// <summary>Whether every option is shown as it is, as those of nearly all mounts are: most of what a snapshot holds.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> options, bool isKernels)
    {
        for (int start = 0; start <= options.Length;)
        {
            int end = EndOfOption(options, start);
            ReadOnlySpan<byte> option = options[start..end];
            int equals = option.IndexOf((byte)'=');
            bool isPlain = equals < 0 ? SecretText.IsPlainName(option)
                : IsHarmless(option[..equals], option[(equals + 1)..], isKernels) && (IsDirectory(option[..equals]) || SecretText.IsPlainName(option[(equals + 1)..]));
            if (!isPlain || option.EndsWith(SecretMarker.Text))
                return false;
            start = end + 1;
        }

        return true;
    }

    private static byte[] Pass(ByteString type, ReadOnlySpan<byte> options)
    {
        bool isKernels = IsIn(s_kernelTypes, type.Span);
        List<byte> filtered = new(options.Length);
        bool isHidden = false;
        for (int start = 0; start <= options.Length;)
        {
            int end = EndOfOption(options, start);
            ReadOnlySpan<byte> option = options[start..end];
            ReadOnlySpan<byte> shown = Show(option, isKernels, isHidden).Span;
            isHidden = !shown.SequenceEqual(option) || (isHidden && shown.SequenceEqual(SecretMarker.Text)) || shown.EndsWith(SecretMarker.Text);
            filtered.AddRange(shown);
            if (end < options.Length)
                filtered.Add((byte)',');
            start = end + 1;
        }

        return [.. filtered];
    }

    private static ByteString Show(ReadOnlySpan<byte> option, bool isKernels, bool isBehindHidden)
    {
        int equals = option.IndexOf((byte)'=');
        if (equals < 0)
        {
            // A password may hold a comma, and then its end is what looks like an option without a value.
            bool isKnown = IsIn(s_flags, option) || IsIn(s_harmless, option) || option.IsEmpty;
            return isBehindHidden && !isKnown ? new ByteString(SecretMarker.Text) : SecretText.FilterName(new ByteString(option));
        }

        ReadOnlySpan<byte> name = option[..equals];
        ReadOnlySpan<byte> value = option[(equals + 1)..];
        if (!IsHarmless(name, value, isKernels))
            return isBehindHidden && name.ContainsAnyExcept(SecretCharacters.Word) ? new ByteString(SecretMarker.Text) : new ByteString([.. SecretNames.Show(name).Span, (byte)'=', .. SecretMarker.Text]);

        return IsDirectory(name) ? new ByteString(option) : new ByteString([.. name, (byte)'=', .. SecretText.FilterName(new ByteString(value)).Span]);
    }

    private static bool IsHarmless(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isKernels) =>
        IsIn(s_harmless, name) || SecretShapes.IsSwitch(value) || (isKernels ? !SecretNames.IsSecret(name) : name.StartsWith("x-systemd."u8));

    /// <summary>Paths of layers are long, hold colons and what is like an address, and are no secrets.</summary>
    private static bool IsDirectory(ReadOnlySpan<byte> name) => name.EndsWith("dir"u8) || name.EndsWith("dir+"u8);

    /// <summary>A comma in quotes is part of a value: those of SELinux have some. One behind a backslash is too, as the kernel writes it in paths.</summary>
    private static int EndOfOption(ReadOnlySpan<byte> options, int start)
    {
        bool isQuoted = false;
        for (int i = start; i < options.Length; i++)
        {
            int plain = options[i..].IndexOfAny((byte)'\\', (byte)'"', (byte)',');
            if (plain < 0)
                break;
            i += plain;
            if (options[i] == (byte)'\\')
                i++;
            else if (options[i] == (byte)'"' && (isQuoted || (i > start && options[i - 1] == (byte)'=')))
                isQuoted = !isQuoted;
            else if (options[i] == (byte)',' && !isQuoted)
                return i;
        }

        return options.Length;
    }

    private static bool IsIn(FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> names, ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[LongestName];
        return name.Length <= LongestName && names.Contains(text[..Encoding.Latin1.GetChars(name, text)]);
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(string words) =>
        words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
