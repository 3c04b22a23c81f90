using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>A change of the mounts as a line for a person.</summary>
internal static class MountChangeView
{
    public static void Write(IAnsiConsole console, MountChange change)
    {
        MountEntry mount = change.Mount;
        console.Put($"{Sign(change.Kind)} {mount.MountId,7}  {mount.MountPoint}  {mount.FileSystemType} {mount.Source}", change.Kind switch
        {
            MountChangeKind.Added => Styles.Overlay,
            MountChangeKind.Removed => Styles.Hidden,
            _ => Styles.Warning,
        });
        if (change is { Kind: MountChangeKind.Moved, Before: { } before })
            console.Put($"  from {before.MountPoint}");
        if (change is { Kind: MountChangeKind.Remounted, Before: { } old, After: { } now })
            console.PutLine($"  {old.Options} ({old.SuperOptions}) to {now.Options} ({now.SuperOptions})");
    }

    private static string Sign(MountChangeKind kind) => kind switch
    {
        MountChangeKind.Added => "+",
        MountChangeKind.Removed => "-",
        MountChangeKind.Moved => ">",
        _ => "~",
    };
}
