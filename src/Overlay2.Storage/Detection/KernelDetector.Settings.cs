using System.Collections.Immutable;

namespace Overlay2.Storage.Detection;

public static partial class KernelDetector
{
    private static readonly ImmutableArray<(string Name, string Path)> s_settings =
    [
        ("fs.mount-max", "proc/sys/fs/mount-max"),
        ("user.max_user_namespaces", "proc/sys/user/max_user_namespaces"),
        ("user.max_mnt_namespaces", "proc/sys/user/max_mnt_namespaces"),
        ("user.max_fanotify_groups", "proc/sys/user/max_fanotify_groups"),
        ("user.max_fanotify_marks", "proc/sys/user/max_fanotify_marks"),
        ("kernel.unprivileged_userns_clone", "proc/sys/kernel/unprivileged_userns_clone"),
        ("kernel.apparmor_restrict_unprivileged_userns", "proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        ("lsm", "sys/kernel/security/lsm"),
        ("selinux.enforce", "sys/fs/selinux/enforce"),
        ("apparmor.enabled", "sys/module/apparmor/parameters/enabled"),
    ];

    private static ImmutableArray<KernelSetting> ReadSettings(KernelSourceReader reader)
    {
        var settings = ImmutableArray.CreateBuilder<KernelSetting>(s_settings.Length);
        foreach ((string name, string path) in s_settings)
        {
            string value = reader.ReadText(path, MaxSmallFile, out KernelSource source)?.Trim() ?? "";
            settings.Add(new KernelSetting(name, source, value));
        }

        return settings.MoveToImmutable();
    }
}
