using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>Where things are in a store.</summary>
internal static class StoreLayout
{
    /// <summary>See <see cref="ILayerStore.QuarantineDirectory"/>.</summary>
    public static StorePlace Quarantine(ILayerStore store) => StorePlace.Of(store.DataRoot, store.QuarantineDirectory);

    /// <summary>Whether a place is an entry of the quarantine of a driver whose home has its usual place.</summary>
    public static bool IsQuarantined(StorePlace place)
    {
        int depth = 0;
        bool isQuarantine = false;
        foreach (ReadOnlySpan<byte> name in place.Path.GetComponents())
        {
            if (depth++ == 0)
                isQuarantine = IsQuarantine(name);
        }

        return isQuarantine && depth == 2;
    }

    private static bool IsQuarantine(ReadOnlySpan<byte> name)
    {
        if (!name.EndsWith(StoreQuarantine.Suffix))
            return false;
        var home = new BytePath(name[..^StoreQuarantine.Suffix.Length]);
        return KnownEngines.All.Any(engine => engine.DriverHomeName == home);
    }

    public static StorePlace Place(ILayerStore store, BytePath path) => StorePlace.Of(store.DataRoot, path);
}
