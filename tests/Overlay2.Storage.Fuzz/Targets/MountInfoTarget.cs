using Overlay2.Storage.Mounts;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The reader, by every kind of vector, says what the plain parser says; the table takes what the reader takes.</summary>
internal static class MountInfoTarget
{
    public static void Run(byte[] input)
    {
        GuardedInput.Run(input, MountInfoComparison.Check);

        var table = MountTable.ParseLenient(input);
        foreach (MountEntry mount in table.Entries)
        {
            if (table.GetVisibility(mount).HiddenBy == mount)
                throw new InvalidOperationException($"The mount of line {mount.MountId} hides itself.");
        }
    }
}
