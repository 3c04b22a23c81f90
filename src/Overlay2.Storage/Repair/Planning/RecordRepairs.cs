using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of the layer database of the Docker Engine.</summary>
internal static class RecordRepairs
{
    private const string AtNextStart = "the engine reads the database when it starts";

    private static readonly BytePath s_cacheId = BytePath.FromText("cache-id");
    private static readonly BytePath s_diff = BytePath.FromText("diff");
    private static readonly BytePath s_size = BytePath.FromText("size");
    private static readonly BytePath s_parent = BytePath.FromText("parent");
    private static readonly BytePath s_mountId = BytePath.FromText("mount-id");
    private static readonly BytePath s_initId = BytePath.FromText("init-id");

    /// <summary>OVL0114: the id of the one directory that fits is written back.</summary>
    public static string? PlanLostId(PlanDraft draft, Finding finding, DockerClassicStore store)
    {
        if (finding.Subject.Kind == FindingSubjectKind.ImageLayer)
        {
            return store.TryGetImageLayer(finding.Subject.Id, out DockerImageLayer? image)
                ? WriteBack(draft, finding, [Write(store, image.Directory.Combine(s_cacheId), image.CacheId, store.GetExpectedCacheId(image.ChainId), Models(store))])
                : "the entry is not in the snapshot";
        }

        return store.TryGetContainerLayer(finding.Subject.Id, out DockerContainerLayer? container)
            ? WriteBack(draft, finding, [Write(store, container.Directory.Combine(s_mountId), container.MountId, store.GetExpectedMountId(container.ContainerId), Models(store))])
            : "the container's whole entry of the layer database is gone: its files are in one of the directories that nobody needs, and which of them only a person can tell; remove none of them";
    }

    /// <summary>OVL0108: what the store says elsewhere is written back; an entry without any file that nobody needs is set aside.</summary>
    public static string? PlanEntry(PlanDraft draft, Finding finding, DockerClassicStore store)
    {
        if (finding.Subject.Kind == FindingSubjectKind.Container)
        {
            if (!store.TryGetContainerLayer(finding.Subject.Id, out DockerContainerLayer? container))
                return null;
            List<(RepairStep? Step, string Refused)> parts = [];
            if (IsDamagedId(container.MountId))
                parts.Add(Write(store, container.Directory.Combine(s_mountId), container.MountId, store.GetExpectedMountId(container.ContainerId), Models(store)));
            if (IsDamagedId(container.InitId))
                parts.Add(Write(store, container.Directory.Combine(s_initId), container.InitId, ExpectedInit(store, container), Models(store)));
            return WriteBack(draft, finding, parts);
        }

        if (!store.TryGetImageLayer(finding.Subject.Id, out DockerImageLayer? layer))
            return null;
        if (layer.CacheId.State == StoreFileState.Missing && layer.DiffId.State == StoreFileState.Missing && layer.Size.State == StoreFileState.Missing)
            return PlanBare(draft, finding, store, layer);

        List<(RepairStep? Step, string Refused)> files = [];
        if (IsDamagedId(layer.CacheId))
            files.Add(Write(store, layer.Directory.Combine(s_cacheId), layer.CacheId, store.GetExpectedCacheId(layer.ChainId), Models(store)));
        if (layer.Parent is { State: StoreFileState.Present, Trimmed.IsEmpty: true })
            files.Add(Write(store, layer.Directory.Combine(s_parent), layer.Parent, ExpectedParent(store, layer), Models(store)));
        if (!layer.DiffId.HasContent || layer.DiffId.Trimmed.IsEmpty)
            files.Add(Write(store, layer.Directory.Combine(s_diff), layer.DiffId, ExpectedDiff(store, layer), Models(store)));
        if (!layer.Size.HasContent || layer.Size.Trimmed.IsEmpty)
            files.Add((null, $"{layer.Directory.Combine(s_size)}: the layer's size is written nowhere else"));
        return WriteBack(draft, finding, files);
    }

    private static string? PlanBare(PlanDraft draft, Finding finding, DockerClassicStore store, DockerImageLayer layer)
    {
        bool isNeeded = store.Images.Any(image => image.ChainIds.Contains(layer.ChainId)) || store.ImageLayers.Any(other => other.Parent.Trimmed == layer.ChainId)
            || store.ContainerLayers.Any(container => container.Parent.Trimmed == layer.ChainId);
        if (isNeeded)
            return LostLayers.RefuseRecord(draft, finding, store, layer.ChainId);

        if (draft.FindStore(finding) is not { } view)
            return null;
        return draft.Add(finding,
        [
            .. StoreRepairs.MakeQuarantine(draft, view),
            StoreSteps.Move(
                $"Set the empty entry {layer.Directory} aside, which no image needs", StoreLayout.Place(store, layer.Directory),
                StoreRepairs.KeepPlace(draft, view, $"layerdb-{layer.Directory.FileName}"), new EntryIdentity(StoreEntryType.Directory), RepairRisk.R1, "the layer can be pulled again"),
        ]);
    }

    private static string? WriteBack(PlanDraft draft, Finding finding, List<(RepairStep? Step, string Refused)> files)
    {
        string[] refused = [.. files.Where(file => file.Step is null).Select(file => file.Refused)];
        if (files.Count == 0 || refused.Length > 0)
            return refused.Length == 0 ? "the snapshot does not show what is damaged; diagnose again" : $"{string.Join("; ", refused)}; remove no directory of the driver before this is clear";
        return draft.Add(finding, [.. files.Select(file => file.Step!)]);
    }

    private static (RepairStep? Step, string Refused) Write(DockerClassicStore store, BytePath path, StoreFile now, ExpectedValue expected, IEnumerable<BytePath> models)
    {
        if (expected.Status != ExpectedValueStatus.Known)
            return (null, $"{path}: {StoreRepairs.Explain(expected)}");
        StorePlace? like = now.State == StoreFileState.Missing && models.FirstOrDefault(model => model != path) is { IsEmpty: false } found ? StoreLayout.Place(store, found) : null;
        return (StoreSteps.Replace($"Write {expected.Value} into {path}", StoreLayout.Place(store, path), EntryState.Of(now), EntryState.File(expected.Value), RepairRisk.R2, AtNextStart, like), "");
    }

    /// <summary>Files of the database whose owner and mode a new one gets.</summary>
    private static IEnumerable<BytePath> Models(DockerClassicStore store) =>
        store.ContainerLayers.Where(layer => layer.MountId.HasContent).Select(layer => layer.Directory.Combine(s_mountId))
            .Concat(store.ImageLayers.Where(layer => layer.CacheId.HasContent).Select(layer => layer.Directory.Combine(s_cacheId)));

    private static bool IsDamagedId(StoreFile file) => file.State == StoreFileState.Present && !OverlayDriverNames.IsLayerId(file.Trimmed.Span);

    /// <summary>The engine names the second layer of a container after the first.</summary>
    private static ExpectedValue ExpectedInit(DockerClassicStore store, DockerContainerLayer container)
    {
        ByteString mount = container.MountId.Trimmed;
        ByteString init = new([.. mount.Span, .. OverlayDriverNames.InitSuffix]);
        return OverlayDriverNames.IsHexadecimalId(mount.Span) && store.TryGetLayer(init, out _) ? Known(init) : ExpectedValue.Unknown;
    }

    private static ExpectedValue ExpectedParent(DockerClassicStore store, DockerImageLayer layer) => ExpectedValue.FromSources([.. store.Images
        .Select(image => (Image: image, Place: image.ChainIds.IndexOf(layer.ChainId))).Where(found => found.Place > 0)
        .Select(found => (found.Image.ChainIds[found.Place - 1], store.DataRoot.Combine(DockerNames.ImageContents)))]);

    /// <summary>The chain id of the lowest layer is the digest of its content.</summary>
    private static ExpectedValue ExpectedDiff(DockerClassicStore store, DockerImageLayer layer) =>
        store.Images.Any(image => image.ChainIds.IndexOf(layer.ChainId) == 0) ? Known(layer.ChainId) : ExpectedValue.Unknown;

    private static ExpectedValue Known(ByteString value) => new() { Status = ExpectedValueStatus.Known, Value = value };

    private static int IndexOf(this IReadOnlyList<ByteString> list, ByteString value)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] == value)
                return i;
        }

        return -1;
    }
}
