using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>A captured store in memory whose entries can be replaced and moved.</summary>
internal sealed class MemoryStore
{
    private static readonly ByteString s_images = ByteString.FromText("sha256");
    private static readonly ByteString s_inner = ByteString.FromText("work");
    private static readonly ByteString s_incompatible = ByteString.FromText("incompat");
    private static readonly ByteString s_volatile = ByteString.FromText("volatile");

    private readonly ILayerStore _store;
    private readonly BytePath _layersDirectory;
    private readonly BytePath _layerDatabase;
    private readonly BytePath _quarantine;
    private readonly Dictionary<ByteString, StoredLayer> _layers;
    private readonly Dictionary<ByteString, OverlayDriverShortLink> _links = [];
    private readonly Dictionary<ByteString, DockerImageLayer> _imageLayers = [];
    private readonly Dictionary<ByteString, DockerContainerLayer> _containerLayers = [];

    /// <summary>What is in the quarantine, with what the store knew of it.</summary>
    private readonly Dictionary<ByteString, (EntryState State, object? Part)> _kept = [];

    /// <summary>The layers whose <c>work/work</c> was moved away.</summary>
    private readonly HashSet<ByteString> _withoutInner = [];
    private StoreEntryType _linkDirectory;
    private bool _hasQuarantine;

    public MemoryStore(ILayerStore store)
    {
        _store = store;
        _layersDirectory = store.LayersDirectory;
        _layerDatabase = store.DataRoot.Combine(DockerNames.LayerDatabase);
        _quarantine = store.QuarantineDirectory;
        _hasQuarantine = store.Quarantine.Type == StoreEntryType.Directory;
        foreach (QuarantinedEntry entry in store.Quarantine.Entries)
            _kept.TryAdd(entry.Name, (new EntryState { Type = entry.Type }, entry));
        _layers = store.Layers.DistinctBy(layer => layer.Id).ToDictionary(layer => layer.Id);
        if (store is OverlayDriverStore driver)
        {
            _links = driver.ShortLinks.DistinctBy(link => link.Name).ToDictionary(link => link.Name);
            _linkDirectory = driver.ShortLinkDirectory;
        }

        if (store is DockerClassicStore docker)
        {
            _imageLayers = docker.ImageLayers.DistinctBy(layer => layer.Directory.FileName).ToDictionary(layer => layer.Directory.FileName);
            _containerLayers = docker.ContainerLayers.DistinctBy(layer => layer.ContainerId).ToDictionary(layer => layer.ContainerId);
        }
    }

    /// <summary>The store as it is now.</summary>
    public ILayerStore Build() => new StoreChange
    {
        Layers = [.. _layers.Values.OrderBy(layer => layer.Id)],
        ShortLinks = [.. _links.Values.OrderBy(link => link.Name)],
        ShortLinkDirectory = _linkDirectory,
        ImageLayers = [.. _imageLayers.Values.OrderBy(layer => layer.ChainId)],
        ContainerLayers = [.. _containerLayers.Values.OrderBy(layer => layer.ContainerId)],
        Quarantine = !_hasQuarantine ? StoreQuarantine.None : _store.Quarantine with
        {
            Type = StoreEntryType.Directory,
            Entries = [.. _kept.OrderBy(kept => kept.Key).Select(kept => Describe(kept.Key, kept.Value.State, kept.Value.Part))],
        },
    }.ApplyTo(_store);

    private static QuarantinedEntry Describe(ByteString name, EntryState state, object? part) => part switch
    {
        QuarantinedEntry entry => entry,
        StoredLayer layer => new QuarantinedEntry(name, state.Type) { Inode = layer.Inode, ModifiedAt = layer.ModifiedAt },
        _ => new QuarantinedEntry(name, state.Type),
    };

    /// <summary>What is at a path; <see langword="null"/> where the snapshot does not tell.</summary>
    public EntryState? Read(BytePath path)
    {
        if (TryGetNames(path, _quarantine, out List<ByteString> names))
        {
            return names.Count == 0 ? _hasQuarantine ? EntryState.Directory : EntryState.Missing
                : names.Count == 1 ? _kept.TryGetValue(names[0], out (EntryState State, object?) kept) ? kept.State : EntryState.Missing
                : null;
        }

        if (TryGetNames(path, _layersDirectory, out names))
            return ReadInHome(names);
        if (TryGetNames(path, _layerDatabase, out names) && names.Count is 2 or 3)
        {
            StoreFile? file = names.Count == 3 ? GetRecord(names) : null;
            bool isEntry = names[0] == s_images ? _imageLayers.ContainsKey(names[1]) : _containerLayers.ContainsKey(names[1]);
            return names.Count == 2 ? isEntry ? EntryState.Directory : EntryState.Missing : file is null ? null : EntryState.Of(file);
        }

        return null;
    }

    /// <summary>Which entry is at a path.</summary>
    public EntryIdentity? Identify(BytePath path)
    {
        if (Read(path) is not { } state)
            return null;
        object? part = TryGetNames(path, _layersDirectory, out List<ByteString> names) && names.Count == 1 ? _layers.GetValueOrDefault(names[0])
            : TryGetNames(path, _quarantine, out names) && names.Count == 1 && _kept.TryGetValue(names[0], out (EntryState, object? Part) kept) ? kept.Part
            : null;
        return part switch
        {
            StoredLayer layer => new EntryIdentity(state.Type) { Inode = layer.Inode, ModifiedAt = layer.ModifiedAt },
            QuarantinedEntry entry => new EntryIdentity(state.Type) { Inode = entry.Inode, ModifiedAt = entry.ModifiedAt },
            _ => new EntryIdentity(state.Type),
        };
    }

    /// <summary>Puts something in the place of what is there.</summary>
    /// <returns>Why not; <see langword="null"/> if it is done.</returns>
    public string? Replace(BytePath path, EntryState to)
    {
        if (path == _quarantine)
        {
            _hasQuarantine = to == EntryState.Directory;
            return null;
        }

        if (TryGetNames(path, _layersDirectory, out List<ByteString> names) && names.Count > 0)
        {
            if (_store is OverlayDriverStore && names[0] == OverlayDriverNames.Links.Bytes)
            {
                if (names.Count == 1)
                    _linkDirectory = to.Type;
                else if (to == EntryState.Missing)
                    _links.Remove(names[1]);
                else
                    _links[names[1]] = new OverlayDriverShortLink { Name = names[1], Type = to.Type, Target = to.Type == StoreEntryType.SymbolicLink ? new BytePath(to.Content) : default };
                return null;
            }

            if (names.Count == 2 && _layers.TryGetValue(names[0], out StoredLayer? layer))
                return With(layer, names[1], to) is { } changed && Set(changed) ? null : "ENOTSUP";
        }

        return TryGetNames(path, _layerDatabase, out names) && names.Count == 3 && SetRecord(names, to) ? null : "ENOENT";
    }

    /// <summary>Moves something into the quarantine, or what was moved there back.</summary>
    /// <returns>Why not; <see langword="null"/> if it is done.</returns>
    public string? Move(BytePath from, BytePath to)
    {
        if (TryGetNames(to, _quarantine, out List<ByteString> names) && names.Count == 1)
            return _hasQuarantine ? Keep(from, names[0]) : "ENOENT";
        if (!TryGetNames(from, _quarantine, out names) || names.Count != 1 || !_kept.Remove(names[0], out (EntryState State, object? Part) kept))
            return "ENOENT";
        return PutBack(to, kept.State, kept.Part) ? null : "ENOTSUP";
    }

    /// <summary>Removes something from the quarantine.</summary>
    public bool Purge(BytePath path) => TryGetNames(path, _quarantine, out List<ByteString> names) && names.Count == 1 && _kept.Remove(names[0]);

    private string? Keep(BytePath from, ByteString name)
    {
        if (Read(from) is not { } state || state == EntryState.Missing)
            return "ENOENT";
        object? part = null;
        if (TryGetNames(from, _layersDirectory, out List<ByteString> names))
        {
            bool isLink = _store is OverlayDriverStore && names[0] == OverlayDriverNames.Links.Bytes;
            if (isLink && names.Count == 1)
                _linkDirectory = StoreEntryType.Missing;
            else if (isLink && _links.Remove(names[1], out OverlayDriverShortLink? link))
                part = link;
            else if (names.Count == 1 && _layers.Remove(names[0], out StoredLayer? whole))
                part = whole;
            else if (names.Count > 1 && _layers.TryGetValue(names[0], out StoredLayer? layer))
            {
                part = layer.WorkContent;
                if (names.Count == 3)
                    _withoutInner.Add(layer.Id);
                Set(names.Count == 2 ? With(layer, names[1], EntryState.Missing)! : layer with
                {
                    WorkContent = names.Count == 3 ? WorkDirectoryContent.Empty : layer.WorkContent with { HasVolatileMarker = false },
                });
            }
        }
        else if (TryGetNames(from, _layerDatabase, out names) && names.Count == 2)
        {
            if (_imageLayers.Remove(names[1], out DockerImageLayer? image))
                part = image;
            else if (_containerLayers.Remove(names[1], out DockerContainerLayer? container))
                part = container;
        }

        _kept[name] = (state, part);
        return null;
    }

    private bool PutBack(BytePath path, EntryState state, object? part)
    {
        switch (part)
        {
            case StoredLayer layer:
                return Set(layer);
            case OverlayDriverShortLink link:
                _links[link.Name] = link;
                return true;
            case DockerImageLayer image:
                _imageLayers[image.Directory.FileName] = image;
                return true;
            case DockerContainerLayer container:
                _containerLayers[container.ContainerId] = container;
                return true;
        }

        if (!TryGetNames(path, _layersDirectory, out List<ByteString> names))
            return false;
        if (names.Count == 1)
        {
            _linkDirectory = state.Type;
            return true;
        }

        if (names.Count == 3)
            _withoutInner.Remove(names[0]);
        return _layers.TryGetValue(names[0], out StoredLayer? owner)
            && (names.Count == 2 ? With(owner, names[1], state) : part is WorkDirectoryContent content ? owner with { WorkContent = content } : null) is { } whole && Set(whole);
    }

    private EntryState? ReadInHome(List<ByteString> names)
    {
        if (names.Count == 0)
            return EntryState.Directory;
        if (_store is OverlayDriverStore && names[0] == OverlayDriverNames.Links.Bytes)
        {
            return names.Count == 1 ? new EntryState { Type = _linkDirectory }
                : names.Count > 2 ? null
                : !_links.TryGetValue(names[1], out OverlayDriverShortLink? link) ? EntryState.Missing
                : link.Type == StoreEntryType.SymbolicLink ? EntryState.Link(link.Target)
                : new EntryState { Type = link.Type };
        }

        if (!_layers.TryGetValue(names[0], out StoredLayer? layer))
            return EntryState.Missing;
        if (names.Count == 1)
            return EntryState.Directory;
        if (names[1] == layer.WorkPath.FileName)
        {
            bool isVolatile = names.Count == 5 && names[2] == s_inner && names[3] == s_incompatible && names[4] == s_volatile;
            return names.Count == 2 ? new EntryState { Type = layer.Work }
                : names.Count == 3 && names[2] == s_inner ? _withoutInner.Contains(layer.Id) ? EntryState.Missing : EntryState.Directory
                : isVolatile ? layer.WorkContent.HasVolatileMarker ? EntryState.Directory : EntryState.Missing
                : null;
        }

        return names.Count > 2 || layer is not OverlayDriverLayer docker ? null
            : names[1] == OverlayDriverNames.Link.Bytes ? EntryState.Of(docker.Link)
            : names[1] == OverlayDriverNames.Lower.Bytes ? EntryState.Of(docker.Lower)
            : names[1] == OverlayDriverNames.LowerLayers.Bytes ? EntryState.Of(docker.LowerLayers)
            : names[1] == OverlayDriverNames.Merged.Bytes ? new EntryState { Type = docker.Merged }
            : null;
    }

    private static StoredLayer? With(StoredLayer layer, ByteString name, EntryState to)
    {
        StoreFile file = to.Type == StoreEntryType.RegularFile ? StoreFile.Of(to.Content) : StoreFile.Missing;
        return name == layer.WorkPath.FileName ? layer with { Work = to.Type, WorkContent = WorkDirectoryContent.Empty }
            : layer is not OverlayDriverLayer docker ? null
            : name == OverlayDriverNames.Link.Bytes ? docker with { Link = file }
            : name == OverlayDriverNames.Lower.Bytes ? docker with { Lower = file }
            : name == OverlayDriverNames.LowerLayers.Bytes ? docker with { LowerLayers = file }
            : name == OverlayDriverNames.Merged.Bytes ? docker with { Merged = to.Type }
            : null;
    }

    private bool Set(StoredLayer layer)
    {
        _layers[layer.Id] = layer;
        return true;
    }

    private StoreFile? GetRecord(List<ByteString> names)
    {
        string name = names[2].ToString();
        if (names[0] == s_images)
        {
            return !_imageLayers.TryGetValue(names[1], out DockerImageLayer? image) ? StoreFile.Missing
                : name switch { "cache-id" => image.CacheId, "diff" => image.DiffId, "parent" => image.Parent, "size" => image.Size, _ => null };
        }

        return !_containerLayers.TryGetValue(names[1], out DockerContainerLayer? container) ? StoreFile.Missing
            : name switch { "mount-id" => container.MountId, "init-id" => container.InitId, "parent" => container.Parent, _ => null };
    }

    private bool SetRecord(List<ByteString> names, EntryState to)
    {
        StoreFile file = to.Type == StoreEntryType.RegularFile ? StoreFile.Of(to.Content) : StoreFile.Missing;
        string name = names[2].ToString();
        if (names[0] == s_images && _imageLayers.TryGetValue(names[1], out DockerImageLayer? image) && GetRecord(names) is not null)
            _imageLayers[names[1]] = name switch { "cache-id" => image with { CacheId = file }, "diff" => image with { DiffId = file }, "parent" => image with { Parent = file }, _ => image with { Size = file } };
        else if (_containerLayers.TryGetValue(names[1], out DockerContainerLayer? container) && GetRecord(names) is not null)
            _containerLayers[names[1]] = name switch { "mount-id" => container with { MountId = file }, "init-id" => container with { InitId = file }, _ => container with { Parent = file } };
        else
            return false;
        return true;
    }

    /// <summary>The names from a directory down to a path.</summary>
    private static bool TryGetNames(BytePath path, BytePath directory, out List<ByteString> names)
    {
        names = [];
        if (!path.StartsWith(directory))
            return false;
        int above = 0;
        foreach (ReadOnlySpan<byte> _ in directory.GetComponents())
            above++;
        foreach (ReadOnlySpan<byte> name in path.GetComponents())
        {
            if (above-- <= 0)
                names.Add(new ByteString(name));
        }

        return true;
    }
}
