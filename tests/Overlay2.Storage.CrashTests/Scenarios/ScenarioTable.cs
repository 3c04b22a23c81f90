namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>All scenarios by name.</summary>
internal static class ScenarioTable
{
    /// <summary>Makes each from the directory that it may use. Those that take longest come first: two run at a time.</summary>
    public static IReadOnlyDictionary<string, Func<string, Scenario>> All { get; } = new Dictionary<string, Func<string, Scenario>>(StringComparer.Ordinal)
    {
        [EngineScenario.ResumeName] = scratch => new EngineScenario(scratch, isResumed: true),
        [EngineScenario.RollbackName] = scratch => new EngineScenario(scratch, isResumed: false),
        [ChildrenScenario.Name] = scratch => new ChildrenScenario(scratch),
        [PrivateChildrenScenario.Name] = scratch => new PrivateChildrenScenario(scratch),
        [CombinedScenario.Name] = scratch => new CombinedScenario(scratch),
        [TwoCoversScenario.Name] = scratch => new TwoCoversScenario(scratch),
        [ForeignCoverScenario.Name] = scratch => new ForeignCoverScenario(scratch),
        [DiskCoverScenario.Name] = scratch => new DiskCoverScenario(scratch),
        [SelfBindScenario.Name] = scratch => new SelfBindScenario(scratch),
        [StackScenario.Name] = scratch => new StackScenario(scratch),
        [PurgeScenario.Name] = scratch => new PurgeScenario(scratch),
        [LinksScenario.Name] = scratch => new LinksScenario(scratch),
        [OrphanLayersScenario.Name] = scratch => new OrphanLayersScenario(scratch),
        [WorkScenario.Name] = scratch => new WorkScenario(scratch),
        [RecordsScenario.Name] = scratch => new RecordsScenario(scratch),
        [VolatileScenario.Name] = scratch => new VolatileScenario(scratch),
        [ImmutableScenario.Name] = scratch => new ImmutableScenario(scratch),
        [WrongLinkScenario.Name] = scratch => new WrongLinkScenario(scratch),
        [LinkFileScenario.Name] = scratch => new LinkFileScenario(scratch),
        [LowerScenario.Name] = scratch => new LowerScenario(scratch),
        [LeakScenario.Name] = scratch => new LeakScenario(scratch),
        [ConfigurationScenario.Name] = scratch => new ConfigurationScenario(scratch),
        [ParameterScenario.Name] = scratch => new ParameterScenario(scratch),
        [SetDriverScenario.Name] = scratch => new SetDriverScenario(scratch),
    };

    /// <summary>What a quick run tries: one in mounts, one in a store.</summary>
    public static IReadOnlyList<string> Quick { get; } = [SelfBindScenario.Name, LinksScenario.Name];

    /// <summary>On what several runs at once are tried: entries of a store, whole layers, configuration, mounts.</summary>
    public static IReadOnlyList<string> Rivals { get; } = [LinksScenario.Name, SelfBindScenario.Name, OrphanLayersScenario.Name, ConfigurationScenario.Name];

    /// <summary>In what directories are swapped: entries of a store, whole layers, records, what is removed for good.</summary>
    public static IReadOnlyList<string> Swaps { get; } = [LinksScenario.Name, OrphanLayersScenario.Name, RecordsScenario.Name, LinkFileScenario.Name, WorkScenario.Name, PurgeScenario.Name];
}
