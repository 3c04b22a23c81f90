using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.KernelTests.Engines;

/// <summary>What the installed engine says of a configuration, compared with what the library says. The engine is never started: its data root cannot exist.</summary>
public sealed partial class EngineComparisonTests : IDisposable
{
    private const int Samples = 24;

    private static readonly string[] s_engineFlags = ["--data-root", "/dev/null/none", "--exec-root", "/dev/null/none", "--pidfile", "/dev/null/none"];

    /// <summary>Kinds of problems that the engine finds before it looks at its data root.</summary>
    private static readonly EngineProblemKind[] s_early =
        [EngineProblemKind.SetTwice, EngineProblemKind.InvalidFile, EngineProblemKind.WrongType, EngineProblemKind.UnknownDirective, EngineProblemKind.InvalidFlag];

    private static readonly Gen<string> s_member = Gen.Select(
        OneOf("storage-driver", "storage-opts", "debug", "mtu", "log-opts", "features", "experimental", "no-such", "Debug", "x", "log-driver", "builder", "host", "label", "labels", "s", "storage\\u002ddriver", "default-ulimits", "registry-mirror", "live-restore", "max-concurrent-downloads", "runtimes", "default-address-pools", "cluster-store", "http-proxy", "ip6tables", "oom-score-adjust", "bip6", "validate", "config-file"),
        OneOf("\"overlay2\"", "\"\"", "true", "false", "null", "3", "1.5", "-1", "[]", "[\"a=b\"]", "[1]", "[null]", "{}", "{\"a\":\"b\"}", "{\"a\":true}", "{\"debug\":true}", "{\"mtu\":{\"q\":1}}", "tru", "\"\\ud800\"", "1e3", "01", "\"a\tb\""),
        (key, value) => $"\"{key}\": {value}");

    private static readonly Gen<string> s_file = Gen.OneOf(
        s_member.Array[0, 3].Select(members => $"{{{string.Join(", ", members)}}}"),
        OneOf("", " \n", "null", "[]", "{}x", "{} {}", "{,}", "{\"a\"}", "{\"debug\":true,}", "\uFEFF{}", "3", "\"a\"", "{", "{\"debug\":true} // c", "{'debug':true}"));

    private static readonly Gen<string[]> s_flags = OneOf<string[]>(
        [], [], [], ["-D"], ["--debug=false"], ["--storage-driver", "overlay2"], ["-svfs"], ["--storage-opt", "a=b"], ["--mtu", "x"], ["--no-such"], ["operand"], ["--label", "a=b"],
        ["--log-opt", "a=b"], ["-Ds=vfs"], ["--storage-driver"], ["--", "x"], ["--experimental", "--max-concurrent-downloads=3"], ["--add-runtime", "a=b"], ["-"], ["--debug=yes"], ["--live-restore"]);

    private readonly string _folder = Directory.CreateTempSubdirectory("overlay2-engine-").FullName;
    private readonly int? _version = VersionOf();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Random_configurations_are_refused_or_not_as_the_engine_does()
    {
        SkipWithoutEngine();

        // The same configurations in every run; OVERLAY2_ENGINE_SEED chooses others.
        var random = new PCG(1, ulong.TryParse(Environment.GetEnvironmentVariable("OVERLAY2_ENGINE_SEED"), CultureInfo.InvariantCulture, out ulong seed) ? seed : 1);
        Gen<(string, string[])> configuration = Gen.Select(s_file, s_flags);
        for (int i = 0; i < Samples; i++)
        {
            (string content, string[] flags) = configuration.Generate(random, null, out _);
            (bool isRefused, string message) = Ask(content, flags);
            EngineProblem[] problems = [.. Problems(content, flags)];
            Assert.True(isRefused == problems.Length > 0, $"{content} {string.Join(' ', flags)}: engine says {message}; library says {string.Join("; ", problems.AsEnumerable())}");
        }
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("help")]
    [InlineData("version")]
    [InlineData("config-file")]
    [InlineData("containerd-plugins-namespace")]
    [InlineData("mtu")]
    public void The_key_of_a_flag_that_is_no_setting_may_have_any_value(string key)
    {
        SkipWithoutEngine();
        foreach (string value in (string[])["3", "\"x\"", "true", "[]"])
        {
            string content = $"{{\"{key}\": {value}}}";
            (bool isRefused, string message) = Ask(content, []);
            Assert.True(isRefused == Problems(content, []).Any(), $"{content}: engine says {message}");
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \t\"debug\" :true\r\n}\r\n")]
    [InlineData("{\n  \"labels\": [\n    \"a=b\"\n  ]\n}")]
    [InlineData("{\"storage-driver\":3}")]
    [InlineData("{\"storage\\u002ddriver\":\"vfs\",\"log-opts\":{\"max-size\":\"1m\"}}")]
    public void The_engine_accepts_what_set_driver_makes(string content)
    {
        SkipWithoutEngine();
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText(content));
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(files, "overlay2"));
        (bool isRefused, string message) = Ask(System.Text.Encoding.UTF8.GetString(edit.Content.Span), []);
        Assert.False(isRefused, message);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static int? VersionOf()
    {
        try
        {
            Match match = VersionNumber().Match(Run("--version"));
            return match.Success ? int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dockerd", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }

    [GeneratedRegex(@"version (?<major>\d+)\.", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionNumber();

    private void SkipWithoutEngine()
    {
        Assert.SkipUnless(_version is not null, "dockerd is not installed.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "dockerd reads its configuration only as root.");
    }

    private (bool IsRefused, string Message) Ask(string content, string[] flags)
    {
        string file = Path.Combine(_folder, "daemon.json");
        File.WriteAllText(file, content);
        string output = Run([.. s_engineFlags, "--config-file", file, .. flags]);
        bool isAccepted = output.Contains("full path to root", StringComparison.Ordinal);
        return (!isAccepted, output);
    }

    private IEnumerable<EngineProblem> Problems(string content, string[] flags)
    {
        IEnumerable<string> words = [.. s_engineFlags.Prepend("dockerd"), "--config-file", "/file", .. flags];
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText("/file"), ByteString.FromText(content))
            .WithProcess(new EngineProcess(1, [.. words.Select(ByteString.FromText)], []));
        return EngineConfiguration.Resolve(files).Problems.Where(problem => s_early.Contains(problem.Kind) && problem.StopsEngine(_version) == true);
    }
}
