using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Which paths a plan may name, whoever wrote it.</summary>
internal static class PlanPaths
{
    /// <summary>Whether a path is absolute and leads nowhere else than it says.</summary>
    public static bool IsPlain(BytePath path)
    {
        if (!path.IsAbsolute || path.Span.Contains((byte)0))
            return false;
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (component.SequenceEqual("."u8) || component.SequenceEqual(".."u8))
                return false;
        }

        return true;
    }

    /// <summary>Whether a mount is known that a place is on, or the plan makes the place.</summary>
    public static bool IsOn(RepairPlan plan, BytePath target, MountFingerprint? on) => on is not null || target.StartsWith(plan.Policy.KeepDirectory);

    /// <summary>Whether the plan makes the place, where it keeps things.</summary>
    public static bool IsKept(RepairPlan plan, BytePath place) => IsPlain(place) && place.StartsWith(plan.Policy.KeepDirectory);

    /// <summary>Whether a place is a path below an engine's root directory.</summary>
    public static bool IsPlain(StorePlace? place) =>
        place is not null && IsPlain(place.Root) && !place.Path.IsEmpty && !place.Path.IsAbsolute && IsPlain(place.FullPath);

    /// <summary>Whether a place is below a store's root directory, and not among the files of a layer.</summary>
    public static bool IsInStore(StorePlace? place)
    {
        if (!IsPlain(place))
            return false;
        bool isInHome = false;
        int depth = 0;
        foreach (ReadOnlySpan<byte> name in place!.Path.GetComponents())
        {
            if (depth++ == 0)
                isInHome = !name.SequenceEqual("image"u8);
            else if (isInHome && (name.SequenceEqual("diff"u8) || name.SequenceEqual("fs"u8)))
                return false;
        }

        return true;
    }
}
