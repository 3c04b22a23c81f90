using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

public class EngineStartTests
{
    private static readonly BytePath DaemonJson = BytePath.FromText("/etc/docker/daemon.json");

    /// <summary>The host of the recorded cases: engine 20.10 with its data root on ext4, no device mapper, no fuse-overlayfs program.</summary>
    private static readonly EngineHost Recorded = new()
    {
        MajorVersion = 20,
        BackingFileSystem = ByteString.FromText("ext4"),
        ReportsEntryTypes = true,
        Carries = ImmutableDictionary<string, bool>.Empty.Add("devicemapper", false).Add("fuse-overlayfs", false).Add("overlay2", true).Add("overlay", true),
    };

    public static TheoryData<int> CaseNumbers => [.. Enumerable.Range(0, Cases().Length)];

    [Theory]
    [MemberData(nameof(CaseNumbers))]
    public void Recorded_cases_start_or_not_as_the_engine_did(int number)
    {
        JsonElement @case = Cases()[number];
        EngineConfiguration configuration = EngineConfiguration.Resolve(FilesOf(@case));
        EngineStart start = configuration.PredictStart(HostOf(@case));

        bool starts = @case.GetProperty("starts").GetBoolean();
        string told = string.Join("; ", start.Problems);
        Assert.True(start.Outcome == (starts ? EngineStartOutcome.Starts : EngineStartOutcome.Refuses), $"{start}: {told}");
        if (starts)
            Assert.Equal(@case.GetProperty("driver").GetString(), start.Driver);
        else
            Assert.Contains(start.Problems, problem => problem.Kind == KindOf(@case.GetProperty("message").GetString()!) && problem.StopsEngine(20) == true);
        if (@case.TryGetProperty("warning", out _))
            Assert.Contains(start.Problems, problem => problem.Kind == EngineProblemKind.DeprecatedDriver);
        if (@case.TryGetProperty("note", out JsonElement note))
            Assert.Contains(start.Problems, problem => problem.Kind == (note.GetString()!.StartsWith("duplicate", StringComparison.Ordinal) ? EngineProblemKind.DuplicateKey : EngineProblemKind.SilentFallback));
    }

    [Fact]
    public void A_sound_configuration_has_no_problem()
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty.With(DaemonJson, ByteString.FromText("""{"storage-driver":"overlay2","hosts":["unix://"]}""")));
        Assert.Empty(configuration.Problems);
        EngineStart start = configuration.PredictStart(Recorded);
        Assert.Equal((EngineStartOutcome.Starts, "overlay2"), (start.Outcome, start.Driver));
        Assert.Empty(start.Problems);
    }

    [Fact]
    public void Nothing_known_of_the_host_gives_no_verdict()
    {
        EngineStart start = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty).PredictStart(new EngineHost());
        Assert.Equal(EngineStartOutcome.Unknown, start.Outcome);
        Assert.Null(start.Driver);
    }

    [Theory]
    [InlineData(20, EngineStartOutcome.Starts)]
    [InlineData(23, EngineStartOutcome.Starts)]
    [InlineData(24, EngineStartOutcome.Refuses)]
    [InlineData(29, EngineStartOutcome.Refuses)]
    [InlineData(null, EngineStartOutcome.Unknown)]
    public void The_kernel_check_option_stops_engines_from_24_on(int? version, EngineStartOutcome expected)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(DaemonJson, ByteString.FromText("""{"storage-driver":"overlay2","storage-opts":["overlay2.override_kernel_check=true"]}"""));
        EngineConfiguration configuration = EngineConfiguration.Resolve(files);
        Assert.Contains(configuration.Problems, problem => problem.Kind == EngineProblemKind.RemovedOption);
        Assert.Equal(expected, configuration.PredictStart(Recorded with { MajorVersion = version }).Outcome);
    }

    [Theory]
    [InlineData("aufs", 23, EngineProblemKind.DeprecatedDriver, false)]
    [InlineData("aufs", 24, EngineProblemKind.RemovedDriver, true)]
    [InlineData("overlay", 24, EngineProblemKind.RemovedDriver, true)]
    [InlineData("devicemapper", 24, EngineProblemKind.DeprecatedDriver, false)]
    [InlineData("devicemapper", 25, EngineProblemKind.RemovedDriver, true)]
    public void Removed_drivers_stop_the_engine_from_their_version_on(string driver, int version, EngineProblemKind kind, bool stops)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty.With(DaemonJson, ByteString.FromText($$"""{"storage-driver":"{{driver}}"}""")));
        Assert.Contains(configuration.Problems, problem => problem.Kind == kind && problem.StopsEngine(version) == stops);
    }

    [Theory]
    [InlineData(28, "overlay2")]
    [InlineData(29, "overlayfs")]
    public void A_new_root_gets_the_classic_store_before_29_and_that_of_containerd_from_29_on(int version, string driver)
    {
        EngineStart start = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty).PredictStart(Recorded with { MajorVersion = version });
        Assert.Equal((EngineStartOutcome.Starts, driver), (start.Outcome, start.Driver));
    }

    [Fact]
    public void A_store_that_is_there_keeps_its_driver()
    {
        EngineStart start = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty).PredictStart(Recorded with { MajorVersion = 29, PriorDrivers = ["overlay2", "vfs"] });
        Assert.Equal((EngineStartOutcome.Starts, "overlay2"), (start.Outcome, start.Driver));
    }

    [Theory]
    [InlineData("xfs", true, EngineStartOutcome.Starts)]
    [InlineData("xfs", false, EngineStartOutcome.Refuses)]
    [InlineData("xfs", null, EngineStartOutcome.Unknown)]
    [InlineData("ext4", true, EngineStartOutcome.Refuses)]
    public void A_size_limit_needs_project_quotas_on_xfs(string type, bool? hasQuota, EngineStartOutcome expected)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(EngineConfigurationFiles.Empty.With(DaemonJson, ByteString.FromText("""{"storage-driver":"overlay2","storage-opts":["overlay2.size=1.5 GiB"]}""")));
        Assert.Equal(expected, configuration.PredictStart(Recorded with { BackingFileSystem = ByteString.FromText(type), HasProjectQuota = hasQuota }).Outcome);
    }

    private static JsonElement[] Cases()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Repository.Data("engine-configuration", "cases.json")));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    private static EngineConfigurationFiles FilesOf(JsonElement @case)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty;
        if (@case.TryGetProperty("daemon.json", out JsonElement content))
            files = files.With(DaemonJson, ByteString.FromText(content.GetString()!));
        IEnumerable<string> flags = @case.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!);
        return files.WithProcess(new EngineProcess(1, [.. flags.Prepend("/usr/sbin/dockerd").Select(ByteString.FromText)], []));
    }

    private static EngineHost HostOf(JsonElement @case)
    {
        EngineHost host = Recorded;
        if (@case.TryGetProperty("priorDriverDirectories", out JsonElement prior))
            host = host with { PriorDrivers = [.. prior.EnumerateArray().Select(name => name.GetString()!)] };
        if (!@case.TryGetProperty("backing", out JsonElement backing))
            return host;
        string text = backing.GetString()!;
        string type = text.Split(' ')[0];
        return host with
        {
            BackingFileSystem = ByteString.FromText(type == "extfs" ? "ext4" : type),
            ReportsEntryTypes = !text.Contains("without the filetype", StringComparison.Ordinal) && !text.Contains("ftype=0", StringComparison.Ordinal),
            HasProjectQuota = false,
        };
    }

    private static EngineProblemKind KindOf(string message)
    {
        (string Phrase, EngineProblemKind Kind)[] kinds =
        [
            ("specified both as a flag", EngineProblemKind.SetTwice),
            ("invalid character", EngineProblemKind.InvalidFile),
            ("cannot unmarshal", EngineProblemKind.WrongType),
            ("don't match any configuration option", EngineProblemKind.UnknownDirective),
            ("unknown option", EngineProblemKind.UnknownOption),
            ("Quota", EngineProblemKind.QuotaUnsupported),
            ("only supported for backingFS XFS", EngineProblemKind.QuotaUnsupported),
            ("several valid graphdrivers", EngineProblemKind.SeveralStores),
            ("without d_type", EngineProblemKind.NoEntryTypes),
            ("driver not supported", EngineProblemKind.UnsupportedDriver),
        ];
        return kinds.First(kind => message.Contains(kind.Phrase, StringComparison.Ordinal)).Kind;
    }
}
