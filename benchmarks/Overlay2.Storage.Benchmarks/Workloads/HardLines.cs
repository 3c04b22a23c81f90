using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>Twenty kinds of hard lines in turn, with random names.</summary>
internal static class HardLines
{
    private const string RemountReadOnly = "rw,errors=remount-ro";
    private const string Context = "rw,context=\"system_u:object_r:container_file_t:s0:c1,c2\"";

    private static readonly string[] s_words =
    [
        "a b", "tab\there", "new\nline", "back\\slash", "#hash", "literal\\040", "-", " - ", "comma,here", "colon:here", "eq=als",
        KernelText.Utf8("ünïcödé"), "\xff\xfe", KernelText.Utf8("日本 語"), "quote\"d", "'", "trailing ", " leading", "...", "\x0001ctl",
        "cr\rhere", "vt\v", "deleted",
    ];

    private static readonly string[][] s_optionalFields =
    [
        [], ["shared:"], ["master:"], ["shared:", "master:"], ["master:", "propagate_from:"], ["shared:", "master:", "propagate_from:"],
        ["unbindable"], ["master:", "unbindable"],
    ];

    public static void Fill(MountInfoBuilder table)
    {
        BootedHost.Fill(table);
        for (int turn = 0; !table.IsFull; turn++)
            Add(table, turn % 20, OptionalFields(table.Random, s_optionalFields[turn % s_optionalFields.Length]));
    }

    private static void Add(MountInfoBuilder table, int kind, string optional)
    {
        Random random = table.Random;
        string point = RandomPath(random, 3);
        switch (kind)
        {
            case < 4: // a bind mount with escapes in its root and its point
                table.Add(point, "ext4", "/dev/nvme0n1p2", RemountReadOnly, root: RandomPath(random, 3), optionalFields: optional, device: BootedHost.RootDevice);
                break;
            case 4: // its root was unlinked
                table.Add(point, "ext4", "/dev/nvme0n1p2", RemountReadOnly, root: RandomPath(random, 2) + "//deleted", optionalFields: optional, device: BootedHost.RootDevice);
                break;
            case 5: // an empty source
                table.Add(point, "tmpfs", "", "rw,inode64", optionalFields: optional);
                break;
            case 6: // a source like the separator
                table.Add(point, "tmpfs", "-", "rw,inode64", optionalFields: optional);
                break;
            case 7: // a mount point like the separator
                table.Add(random.Choose("/ - ", "/-", "/x - tmpfs tmpfs rw"), "tmpfs", "none", "rw,inode64", optionalFields: optional);
                break;
            case 8: // a subtype, and a source with a space
                table.Add(point, "fuse.sshfs", "user@host:/srv/my files", "rw,user_id=1000,group_id=1000", options: "rw,nosuid,nodev,relatime", optionalFields: optional);
                break;
            case 9:
                table.Add(point, "fuse.odd#type", "#source # x", "rw,user_id=0,group_id=0", optionalFields: optional);
                break;
            case 10:
                table.Add(point, "cifs", "//server/My Docs", "rw,vers=3.1.1,cache=strict,username=u,uid=0,noforceuid,gid=0,addr=10.0.0.2", optionalFields: optional);
                break;
            case 11: // super options with spaces and backslashes, not escaped
                table.Add(
                    "/Docker/host", "9p", @"C:\Program Files\Docker\Docker\resources",
                    @"rw,dirsync,aname=drvfs;path=C:\Program Files\Docker\Docker\resources;symlinkroot=/mnt/,mmap,access=client,msize=65536,trans=fd,rfd=3,wfd=3",
                    options: "rw,noatime", optionalFields: optional);
                break;
            case 16: // every flag of a mount
                table.Add(
                    point, "xfs", "/dev/sdb1", "ro,attr2,inode64,noquota",
                    options: "ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow,idmapped", optionalFields: optional, device: "8:17");
                break;
            case 17: // roots that are no paths
                (string type, string source, string root) = random.Choose(
                    ("nsfs", "nsfs", "mnt:[4026531841]"), ("cgroup2", "cgroup", "/../.."), ("btrfs", "/dev/sda2", "/@/snap shots/1"));
                table.Add(point, type, source, root: root, optionalFields: optional);
                break;
            case 18: // the largest device number
                table.Add(point, "nfs4", "fe80::1%eth0:/ex port", "rw,vers=4.2,addr=fe80::1%eth0", optionalFields: optional, device: "4095:1048575");
                break;
            default:
                AddOverlay(table, kind, point, optional);
                break;
        }
    }

    private static void AddOverlay(MountInfoBuilder table, int kind, string point, string optional)
    {
        Random random = table.Random;
        switch (kind)
        {
            case 12: // commas in quotes before the directories
                table.Add(
                    point, "overlay", "overlay",
                    KernelText.Overlay(random.Sample(12, 3).Select(word => "/l/" + s_words[word]), RandomPath(random, 2), RandomPath(random, 2), Context),
                    optionalFields: optional);
                break;
            case 13: // read-only
                table.Add(
                    point, "overlay", random.Choose("overlay", "none", "lowerdir=/fake"),
                    KernelText.Overlay([RandomPath(random, 2), RandomPath(random, 2)], first: "ro"), options: "ro,relatime", optionalFields: optional);
                break;
            case 14: // one option a layer, as fsconfig(2) takes them
                string layers = string.Concat(Enumerable.Range(0, random.Next(1, 10))
                    .Select(_ => ",lowerdir+=" + KernelText.EscapeOption(RandomPath(random, 2))));
                table.Add(
                    point, "overlay", "overlay",
                    $"rw{layers},datadir+={KernelText.EscapeOption(RandomPath(random, 2))},redirect_dir=on,metacopy=on,volatile", optionalFields: optional);
                break;
            case 15: // a data-only layer; colon, comma, backslash and a lone quote in names
                table.Add(
                    point, "overlay", "overlay",
                    """rw,lowerdir=/a\134:b:/c\134\054d:/q"r::/data,upperdir=/u:p\134\134q,workdir=/w\040k,redirect_dir=on,metacopy=on""",
                    optionalFields: optional);
                break;
            default: // always the same point
                table.Add(
                    "/merged", "overlay", "overlay", KernelText.Overlay(["/lower"], "/upper", "/work", tail: ",index=on,xino=auto"),
                    optionalFields: optional);
                break;
        }
    }

    private static string RandomPath(Random random, int mostComponents) =>
        "/" + string.Join('/', Enumerable.Range(0, random.Next(1, mostComponents + 1)).Select(_ => random.Choose<string>(s_words)));

    private static string OptionalFields(Random random, string[] tags) =>
        string.Join(' ', tags.Select(tag => tag.EndsWith(':') ? tag + random.Next(1, 100_000).ToString(CultureInfo.InvariantCulture) : tag));
}
