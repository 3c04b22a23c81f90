using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>A scope in sentences for a person.</summary>
internal static class ScopeText
{
    private const int MostShown = 12;

    /// <summary>The parts without which an answer about a host is narrower, and what they are in words.</summary>
    private static readonly (string Part, string Words)[] s_parts =
    [
        (nameof(StorageSnapshot.Configuration), "the engine's configuration"), (nameof(StorageSnapshot.Engine), "the engine itself"), (nameof(StorageSnapshot.Kernel), "the kernel"),
        (nameof(StorageSnapshot.FileSystems), "the room on file systems"), (nameof(StorageSnapshot.Processes), "processes"), (nameof(StorageSnapshot.Uppers), "files in layers"), (nameof(StorageSnapshot.Log), "logs"),
    ];

    public static ImmutableArray<string> Describe(Scope scope)
    {
        var sentences = ImmutableArray.CreateBuilder<string>();
        foreach (ScopeStore store in scope.Stores.Take(MostShown))
            sentences.Add(Describe(store));
        if (scope.Stores.Length > MostShown)
            sentences.Add(Text($"{scope.Stores.Length - MostShown} stores more."));
        sentences.Add(DescribePlaces(scope));
        sentences.Add(DescribeMounts(scope));
        string[] missing = [.. s_parts.Where(part => scope.Parts.First(other => other.Name == part.Part).Status != SnapshotPartStatus.Known).Select(part => part.Words)];
        if (missing.Length > 0)
            sentences.Add($"Not looked at: {string.Join(", ", missing)}.");
        return sentences.ToImmutable();
    }

    private static string Describe(ScopeStore store)
    {
        string name = $"{KnownEngines.Get(store.Kind).Name} {store.DataRoot}";
        if (store.IsCovered)
            return $"{name}: covered by a mount, so nothing of it is judged.";
        string references = Text($"{store.ResolvedReferences} references between records followed")
            + (store.DanglingReferences > 0 ? Text($", {store.DanglingReferences} lead nowhere") : "") + (store.UnknownReferences > 0 ? Text($", {store.UnknownReferences} are not known") : "");
        return Text($"{name}: {Count(store.Layers, "layer")}, {Count(store.Containers, "container")}, {references}") + (store.NotRead.IsEmpty ? "" : $"; recognised and not read: {string.Join(", ", store.NotRead)}") + (store.UnreadPlaces > 0 ? Text($"; {Count(store.UnreadPlaces, "place")} not read.") : ".");
    }

    private static string DescribePlaces(Scope scope)
    {
        string found = scope.Stores.IsEmpty ? "No store was found. " : "";
        if (scope.Parts.First(part => part.Name == nameof(StorageSnapshot.Stores)) is { Status: not SnapshotPartStatus.Known } stores)
            found = $"Stores were not looked at{(stores.Reason.Length > 0 ? $" ({stores.Reason})" : "")}. ";
        if (!scope.Places.TryGet(out ImmutableArray<SearchedStorePlace> places))
            return $"{found}Where stores were looked for is not told.";
        string[] paths = [.. places.Select(place => place.Path.ToString()).Distinct(StringComparer.Ordinal)];
        string list = string.Join(", ", paths.Take(MostShown)) + (paths.Length > MostShown ? Text($" and {paths.Length - MostShown} more") : "");
        bool isNamed = places.Length > 0 && places.All(place => place.Origin == StorePlaceOrigin.Named);
        return $"{found}Stores were looked for {(isNamed ? "only where the caller said" : "at")}{(isNamed ? ":" : "")} {(list.Length == 0 ? "no place" : list)}.";
    }

    private static string DescribeMounts(Scope scope)
    {
        ScopePart mounts = scope.Parts.First(part => part.Name == nameof(StorageSnapshot.Mounts));
        ScopePart others = scope.Parts.First(part => part.Name == nameof(StorageSnapshot.OtherNamespaces));
        string own = mounts.Status == SnapshotPartStatus.Known ? Count(scope.Mounts, "mount") : "Mounts were not looked at";
        string other = others.Status == SnapshotPartStatus.Known
            ? Count(scope.Namespaces, "other mount namespace") + (scope.UnreadNamespaces > 0 ? Text($", {scope.UnreadNamespaces} not read") : "")
            : "other mount namespaces were not looked at";
        return $"{own}; {other}.";
    }

    private static string Count(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
