using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The engine's choice of a storage driver.</summary>
/// <remarks>
/// Sources: the engine's storage documentation ("Select a storage driver") and the answers of 20.10 measured: a driver that is named is
/// taken or refused; without a name the store that is there decides, and several are refused; on a new data root the first in the engine's
/// order that works here is taken, silently.
/// </remarks>
internal sealed class StorageDriverSelection(EngineConfiguration configuration, EngineHost host)
{
    /// <summary>The snapshotter of containerd's store unless another is named.</summary>
    private const string ContainerdSnapshotter = "overlayfs";

    private readonly EngineConfiguration _configuration = configuration;
    private readonly EngineHost _host = host;
    private readonly List<EngineProblem> _problems = [.. configuration.Problems];
    private bool _isUncertain;

    public EngineStart Predict()
    {
        string? driver = Select();
        bool? stops = false;
        foreach (EngineProblem problem in _problems)
        {
            bool? stopsHere = problem.StopsEngine(_host.MajorVersion);
            stops = stopsHere == true || stops == true ? true : stopsHere is null || stops is null ? null : false;
        }

        EngineStartOutcome outcome = stops switch
        {
            true => EngineStartOutcome.Refuses,
            false when !_isUncertain => EngineStartOutcome.Starts,
            _ => EngineStartOutcome.Unknown,
        };
        return new EngineStart(outcome, outcome == EngineStartOutcome.Starts ? driver : null, [.. _problems]);
    }

    private string? Select()
    {
        if (StorageDriverRules.UsesContainerd(_configuration.Settings))
            return _configuration.StorageDriver?.Value.ToString() ?? ContainerdSnapshotter;
        if (_configuration.StorageDriver is { } chosen)
        {
            string name = chosen.Value.ToString();
            if (StorageDriverRules.VersionsOf(name) is not null)
                Require(name, chosen.Source);
            return name;
        }

        string[] prior = [.. _host.PriorDrivers.Where(name => name != StorageDriverRules.Vfs && IsKnown(name))];
        if (prior.Length > 1)
        {
            _problems.Add(new EngineProblem(EngineProblemKind.SeveralStores,
                $"The data root holds stores of several drivers ({string.Join(", ", prior.Order(StringComparer.Ordinal))}) and none is chosen.", EngineVersions.All, _configuration.DataRoot.Source));
            return null;
        }

        if (prior.Length == 1)
        {
            Require(prior[0], _configuration.DataRoot.Source);
            return prior[0];
        }

        return SelectForNewRoot();
    }

    private bool IsKnown(string driver) => StorageDriverRules.VersionsOf(driver)?.Contains(_host.MajorVersion) != false;

    private string? SelectForNewRoot()
    {
        if (_configuration.ContainerdSnapshotter is null && _configuration.RemappedUser is null)
        {
            bool? prefersContainerd = EngineVersions.Since(ImageStoreChoice.FirstByDefault).Contains(_host.MajorVersion);
            if (prefersContainerd == true)
                return ContainerdSnapshotter;
            _isUncertain = prefersContainerd is null;
        }

        // Before 23 btrfs and zfs came first; each of them works only on its own file system.
        string[] order = _host.MajorVersion is < 23
            ? [StorageDriverRules.Btrfs, StorageDriverRules.Zfs, StorageDriverRules.Overlay2, StorageDriverRules.FuseOverlay]
            : [StorageDriverRules.Overlay2, StorageDriverRules.FuseOverlay, StorageDriverRules.Btrfs, StorageDriverRules.Zfs];
        foreach (string driver in order)
        {
            switch (Works(driver))
            {
                case true:
                    CheckQuota(driver);
                    return driver;
                case null:
                    _isUncertain = true;
                    return null;
            }
        }

        _problems.Add(new EngineProblem(EngineProblemKind.SilentFallback, "No driver is chosen and overlay2 does not work here; the engine takes vfs, which copies every layer whole.",
            EngineVersions.None, _configuration.DataRoot.Source));
        return StorageDriverRules.Vfs;
    }

    private void Require(string driver, ConfigurationSource source)
    {
        if (driver is StorageDriverRules.Overlay2 or StorageDriverRules.Overlay && _host.ReportsEntryTypes == false)
        {
            _problems.Add(new EngineProblem(EngineProblemKind.NoEntryTypes,
                $"The backing file system{Named(_host.BackingFileSystem)} does not report the type of directory entries, which {driver} needs.", EngineVersions.All, source));
            return;
        }

        switch (Works(driver))
        {
            case false:
                _problems.Add(new EngineProblem(EngineProblemKind.UnsupportedDriver,
                    $"The host cannot carry the storage driver {driver}: its file system{Named(_host.BackingFileSystem)} or its kernel does not allow it.", EngineVersions.All, source));
                break;
            case null:
                _isUncertain = true;
                break;
        }

        CheckQuota(driver);
    }

    private void CheckQuota(string driver)
    {
        if (driver != StorageDriverRules.Overlay2 || _configuration.StorageOptions.LastOrDefault(StorageDriverRules.AsksForQuota) is not { } quota)
            return;

        bool isXfs = _host.BackingFileSystem.Span.SequenceEqual("xfs"u8);
        if (_host.BackingFileSystem.IsEmpty || (isXfs && _host.HasProjectQuota is null))
            _isUncertain = true;
        else if (!isXfs || _host.HasProjectQuota == false)
            _problems.Add(new EngineProblem(EngineProblemKind.QuotaUnsupported, $"{quota.Value} needs XFS with project quotas; the data root is on{Named(_host.BackingFileSystem)} without.", EngineVersions.All, quota.Source));
    }

    /// <summary>Whether a driver works on the host; <see langword="null"/> if that is not known.</summary>
    private bool? Works(string driver)
    {
        if (_host.Carries.TryGetValue(driver, out bool carries) && !carries)
            return false;
        ReadOnlySpan<byte> type = _host.BackingFileSystem.Span;
        switch (driver)
        {
            case StorageDriverRules.Vfs:
                return true;
            case StorageDriverRules.Btrfs or StorageDriverRules.Zfs:
                return type.IsEmpty ? null : _host.BackingFileSystem == ByteString.FromText(driver);
            case StorageDriverRules.Overlay2 or StorageDriverRules.Overlay:
                // The engine mounts an overlay to find out; the kernel refuses these as upper layers.
                if (type.SequenceEqual("overlay"u8) || type.SequenceEqual("ecryptfs"u8) || type.SequenceEqual("aufs"u8) || type.StartsWith("nfs"u8))
                    return false;
                if (_host.ReportsEntryTypes is false)
                    return false;
                bool alwaysReports = type.SequenceEqual("tmpfs"u8) || type.SequenceEqual("btrfs"u8);
                bool isUsual = alwaysReports || type.SequenceEqual("xfs"u8) || type.StartsWith("ext"u8);
                return isUsual && (alwaysReports || _host.ReportsEntryTypes is true) ? true : null;
            default:
                return carries ? true : null;
        }
    }

    private static string Named(ByteString type) => type.IsEmpty ? "" : $" {type}";
}
