using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>The directories: there or not, fit for their role, apart from one another.</content>
internal sealed partial class OptionResolver
{
    /// <summary>The deepest stack of overlays, this one included.</summary>
    private const int MaxOverlayDepth = 2;

    private readonly List<LayerPath> _lowers = [];
    private LayerPath? _upper;
    private LayerPath? _work;
    private bool _hasLowerDir;

    private LinuxError ReadLayers(OverlayOption option)
    {
        if (option.Layer is not { } layer)
            return ReadLowerDir(option.Value!.Value);
        if (layer.Role is LayerRole.Lower or LayerRole.Data)
            return AppendLayer(layer, option);
        if (layer.Role == LayerRole.Upper)
            _upper = layer;
        else
            _work = layer;
        return LookUpEarly(layer);
    }

    private LinuxError ReadLowerDir(ByteString value)
    {
        _lowers.Clear();
        _hasLowerDir = false;
        if (value.IsEmpty)
            return LinuxError.OK;

        _hasLowerDir = true;
        var list = new LowerDirList(value.Span);
        while (list.MoveNext())
            _lowers.Add(list.Current);
        bool hasData = _lowers.Exists(l => l.Role == LayerRole.Data);
        if (list.IsMalformed || (hasData && !Has(OverlayFeatures.DataOnlyLayers)))
            return Refuse(LinuxError.EINVAL, "lowerdir-syntax", "lowerdir has a colon too many.");
        if (_lowers.Count > MountDataBudget.MaxLayers)
            return TooManyLayers();

        list = new LowerDirList(value.Span);
        while (list.MoveNext())
        {
            if (list.IsAfterData)
                return Refuse(LinuxError.EINVAL, "layer-after-data-layer", "A normal layer cannot follow a data-only one.");
            LinuxError error = LookUpEarly(list.Current);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    private LinuxError AppendLayer(LayerPath layer, OverlayOption option)
    {
        if (!Has(OverlayFeatures.LayerAppend))
            return UnknownOption(option);
        LinuxError error = LookUpEarly(layer);
        if (error != LinuxError.OK)
            return error;
        if (_hasLowerDir)
            return Refuse(LinuxError.EINVAL, "append-after-lowerdir", $"{option.Name} cannot follow lowerdir.");
        if (layer.Role == LayerRole.Data && _lowers.Count == 0)
            return Refuse(LinuxError.EINVAL, "data-layer-first", "A data-only layer cannot be the first.");
        if (layer.Role == LayerRole.Lower && _lowers.Exists(l => l.Role == LayerRole.Data))
            return Refuse(LinuxError.EINVAL, "layer-after-data-layer", "A normal layer cannot follow a data-only one.");
        if (_lowers.Count == MountDataBudget.MaxLayers)
            return TooManyLayers();

        _lowers.Add(layer);
        return LinuxError.OK;
    }

    private LinuxError TooManyLayers() =>
        Refuse(NoContextYet(LinuxError.ENOMEM), "too-many-layers", $"An overlay has at most {MountDataBudget.MaxLayers} lower layers.");

    /// <summary>An error code that was right only in the kernels before 5.11 or so: they left over that of the allocation before it.</summary>
    private LinuxError NoContextYet(LinuxError error) => Has(OverlayFeatures.UserXattr) ? LinuxError.EINVAL : error;

    private LinuxError LookUpEarly(LayerPath layer) => _hasContext ? LookUp(layer) : LinuxError.OK;

    /// <summary>Without file system context the directories are looked up after all options are read: upper, work, lowers.</summary>
    private LinuxError LookUpLate()
    {
        if (_hasContext)
            return LinuxError.OK;

        IEnumerable<LayerPath> layers = _lowers;
        if (_upper is { } upper && _work is { } work)
            layers = [upper, work, .. _lowers];
        foreach (LayerPath layer in layers)
        {
            LinuxError error = LookUp(layer);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    private LinuxError LookUp(LayerPath layer)
    {
        if (layer.Path.IsEmpty)
            return Refuse(LinuxError.EINVAL, "empty-path", $"The path of a {layer.Role} directory is empty.");
        if (!_layout.Directories.TryGetValue(layer.Path, out LayerDirectory? directory))
            return Refuse(LinuxError.ENOENT, "layer-missing", $"{layer.Path} does not exist.");
        if (!directory.IsDirectory)
            return Refuse(LinuxError.EINVAL, "layer-not-directory", $"{layer.Path} is not a directory.");
        if (layer.Role == LayerRole.Upper && directory.FileSystem.IsReadOnly)
            return Refuse(LinuxError.EINVAL, "upper-read-only", $"{layer.Path} is on a read-only file system.");
        if (layer.Role is LayerRole.Upper or LayerRole.Work && directory.FileSystem.OverlayDepth > 0)
            return Refuse(LinuxError.EINVAL, "upper-on-overlay", $"{layer.Path} is on an overlay, which cannot hold an upper layer.");
        return LinuxError.OK;
    }

    private LinuxError LowerIsNeeded() => _lowers.Count switch
    {
        0 => Refuse(LinuxError.EINVAL, "lower-missing", "At least one lower layer is needed."),
        _ when !HasUpper && !Has(OverlayFeatures.MultipleLowers) => Refuse(LinuxError.EINVAL, "upper-missing", "This kernel needs upperdir and workdir."),
        > 1 when !Has(OverlayFeatures.MultipleLowers) => Refuse(LinuxError.ENOENT, "one-lower", "This kernel knows one lower layer: a colon is part of its name."),
        1 when !HasUpper => Refuse(LinuxError.EINVAL, "lower-alone", "Without upperdir at least two lower layers are needed."),
        _ => LinuxError.OK,
    };

    private LinuxError UpperNeedsWork() => HasUpper && _work is null
        ? Refuse(NoContextYet(LinuxError.ENOMEM), "work-missing", "upperdir needs workdir.")
        : LinuxError.OK;

    private LinuxError UpperUsable() => HasUpper ? NotInUse(Directory(_upper!.Value), _upper.Value) : LinuxError.OK;

    private LinuxError WorkUsable()
    {
        if (!HasUpper)
            return LinuxError.OK;

        LayerDirectory upper = Directory(_upper!.Value);
        LayerDirectory work = Directory(_work!.Value);
        if (upper.FileSystem.Id != work.FileSystem.Id)
            return Refuse(LinuxError.EINVAL, "work-elsewhere", "upperdir and workdir are not on one file system.");
        if (IsWithin(upper, work) || IsWithin(work, upper))
            return Refuse(LinuxError.EINVAL, "work-not-apart", "upperdir and workdir are the same or one is inside the other.");

        LinuxError error = NotInUse(work, _work.Value);
        if (error != LinuxError.OK)
            return error;
        return work.HasVolatileMarker
            ? Refuse(LinuxError.EINVAL, "volatile-marker", $"{_work.Value.Path} was used by a volatile mount: its upper may be damaged, and the marker work/incompat/volatile is there.")
            : LinuxError.OK;
    }

    private LinuxError LowersUsable()
    {
        foreach (LayerPath lower in _lowers)
        {
            LayerDirectory directory = Directory(lower);
            if (directory.FileSystem.OverlayDepth >= MaxOverlayDepth)
                return Refuse(LinuxError.EINVAL, "stacked-too-deep", $"{lower.Path} is on overlays that are stacked {MaxOverlayDepth} deep already.");
        }

        var seen = new HashSet<(ulong FileSystem, ulong Inode)>();
        if (HasUpper)
        {
            seen.Add(Identity(Directory(_upper!.Value)));
            seen.Add(Identity(Directory(_work!.Value)));
        }

        foreach (LayerPath lower in _lowers)
        {
            LayerDirectory directory = Directory(lower);
            if (!directory.Ancestry.IsEmpty && !seen.Add(Identity(directory)))
                return Refuse(LinuxError.ELOOP, "layer-twice", $"{lower.Path} is another layer too.");
            LinuxError error = NotInUse(directory, lower);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    /// <summary>The upper root remembers which lower it was indexed with.</summary>
    private LinuxError UpperMatchesLower()
    {
        if (!HasUpper || !Values.Index)
            return LinuxError.OK;
        LayerDirectory upper = Directory(_upper!.Value);
        if (!upper.IsOriginTopLower && HasMark(upper, "origin"))
            return Refuse(LinuxError.ESTALE, "upper-of-other-lower", $"{_upper.Value.Path} was indexed with another top lower layer.");
        return Directory(_work!.Value).IsIndexOfUpper
            ? LinuxError.OK
            : Refuse(LinuxError.ESTALE, "index-of-other-upper", $"{_work.Value.Path}/index belongs to another upper layer.");
    }

    private LinuxError LowersApart()
    {
        var layers = new Dictionary<(ulong FileSystem, ulong Inode), LayerPath>();
        foreach (LayerPath layer in HasUpper ? _lowers.Append(_upper!.Value).Append(_work!.Value) : _lowers)
            layers[Identity(Directory(layer))] = layer;

        foreach (LayerPath lower in _lowers)
        {
            LayerDirectory directory = Directory(lower);
            foreach (ulong above in directory.Ancestry.AsSpan(Math.Min(1, directory.Ancestry.Length)..))
            {
                if (layers.TryGetValue((directory.FileSystem.Id, above), out LayerPath other))
                    return Refuse(LinuxError.ELOOP, "lower-inside-layer", $"{lower.Path} is inside {other.Path}.");
            }
        }

        return LinuxError.OK;
    }

    /// <summary>Before index there was only a warning to give; with it two mounts would spoil one index.</summary>
    private LinuxError NotInUse(LayerDirectory directory, LayerPath layer)
    {
        if (!directory.IsInUse)
            return LinuxError.OK;
        if (Values.Index)
            return Refuse(LinuxError.EBUSY, "layer-in-use", $"{layer.Path} is upperdir or workdir of another mount.");
        Ignore("layer-shared", $"{layer.Path} is upperdir or workdir of another mount: what either sees is undefined.");
        return LinuxError.OK;
    }

    private LayerDirectory Directory(LayerPath layer) => _layout.Directories[layer.Path];

    /// <summary>What tells a directory from all others; inode 0 is none.</summary>
    private static (ulong FileSystem, ulong Inode) Identity(LayerDirectory directory) =>
        (directory.FileSystem.Id, directory.Ancestry is [var inode, ..] ? inode : 0);

    /// <summary>Whether a directory is the other or below it.</summary>
    private static bool IsWithin(LayerDirectory inner, LayerDirectory outer) =>
        inner.FileSystem.Id == outer.FileSystem.Id && outer.Ancestry is [var top, ..] && inner.Ancestry.Contains(top);
}
