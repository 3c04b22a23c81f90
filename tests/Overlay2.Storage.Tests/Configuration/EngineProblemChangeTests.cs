using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

public class EngineProblemChangeTests
{
    private const string Json = "/etc/docker/daemon.json";
    private const string Storage = "/etc/sysconfig/docker-storage";
    private static readonly (string, string) s_unit =
        ("/usr/lib/systemd/system/docker.service", "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n");

    /// <summary>The configuration file, and the variable before and after.</summary>
    public static TheoryData<string, string, string> Twice => new()
    {
        { "{\"storage-driver\":\"overlay2\"}", "--storage-driver=overlay2", "" },
        { "{\"storage-driver\":\"overlay2\"}", "-D -s overlay2 --mtu 1400", "-D --mtu 1400" },
        { "{\"storage-driver\":\"overlay2\"}", "-soverlay2 -s=overlay2 --storage-driver overlay2 --debug=true", "--debug=true" },
        { "{\"storage-driver\":\"overlay2\"}", "-s overlay2 --storage-driver=overlay2", "" },
        { "{\"storage-driver\":\"overlay2\"}", " -s overlay2 -soverlay2  -D -s overlay2 ", "  -D " },
        { "{\"debug\":true}", "--debug --storage-driver overlay2", "--storage-driver overlay2" },
        { "{\"debug\":true}", "-s overlay2 -D", "-s overlay2" },
        { "{\"debug\":false}", "--debug=true  -s overlay2", " -s overlay2" },
        { "{\"log-driver\":\"local\"}", "--label log-driver=x --log-driver json-file", "--label log-driver=x" },
        { "{\"labels\":[\"a=b\"]}", "--label c=d --log-level --label --label=e=f", "--log-level --label" },
        { "{\"log-opts\":{\"max-size\":\"1m\"}}", "--log-opt max-size=2m --log-driver local --log-opt x=y", "--log-driver local" },
        { "{\"storage-opts\":[\"overlay2.size=10G\",\"x=y\"]}", "--storage-opt overlay2.size=10G", "" },
        { "{\"data-root\":\"/data\"}", "--data-root /data", "" },
        { "{\"hosts\":[\"unix:///run/docker.sock\"]}", "-H unix:///run/docker.sock -D", "-D" },
    };

    [Theory]
    [MemberData(nameof(Twice))]
    public void Of_a_directive_given_twice_the_flag_goes(string json, string flags, string left)
    {
        EngineConfigurationFiles files = Files(s_unit, (Json, json), (Storage, $"# kept\nDOCKER_STORAGE_OPTIONS=\"{flags}\"\nX=1\n"));
        EngineProblem problem = Single(files, EngineProblemKind.SetTwice);

        ConfigurationEdit edit = Assert.Single(EngineProblemChange.Plan(files, problem));

        Assert.Equal((Storage, $"# kept\nDOCKER_STORAGE_OPTIONS=\"{left}\"\nX=1\n"), (edit.Path.ToString(), Encoding.UTF8.GetString(edit.Content.Span)));
        EngineConfigurationFiles changed = files.With(edit.Path, edit.Content);
        Assert.DoesNotContain(EngineConfiguration.Resolve(changed).Problems, other => other.Kind == EngineProblemKind.SetTwice);
        Assert.Empty(EngineProblemChange.Plan(changed, problem));
    }

    [Theory]
    [InlineData("{\"storage-driver\":\"vfs\"}", "-s overlay2")]
    [InlineData("{\"storage-driver\":null}", "-s overlay2")]
    [InlineData("{\"data-root\":\"/a\"}", "--data-root=/b")]
    [InlineData("{\"storage-opts\":[]}", "--storage-opt overlay2.size=1G")]
    [InlineData("{\"userns-remap\":\"default\"}", "--userns-remap=a")]
    public void Two_values_that_decide_which_data_is_shown_are_for_a_person(string json, string flags)
    {
        EngineConfigurationFiles files = Files(s_unit, (Json, json), (Storage, $"DOCKER_STORAGE_OPTIONS=\"{flags}\"\n"));

        ConfigurationEditException refused = Assert.Throws<ConfigurationEditException>(() => EngineProblemChange.Plan(files, Single(files, EngineProblemKind.SetTwice)));

        Assert.Equal((Storage, 1), (refused.Place.Path.ToString(), refused.Place.Line));
    }

    [Theory]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"-Ds overlay2\"")]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"-s 'overlay2'\"")]
    [InlineData("DOCKER_STORAGE_OPTIONS=-s over\\\nlay2")]
    public void A_flag_that_is_not_written_plainly_stays(string variables)
    {
        EngineConfigurationFiles files = Files(s_unit, (Json, "{\"storage-driver\":\"overlay2\"}"), (Storage, variables));
        Assert.Throws<ConfigurationEditException>(() => EngineProblemChange.Plan(files, Single(files, EngineProblemKind.SetTwice)));
    }

    [Fact]
    public void A_flag_of_the_unit_stays_and_its_place_is_named()
    {
        EngineConfigurationFiles files = Files(("/etc/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n"), (Json, "{\"hosts\":[\"fd://\"]}"));

        ConfigurationEditException refused = Assert.Throws<ConfigurationEditException>(() => EngineProblemChange.Plan(files, Single(files, EngineProblemKind.SetTwice)));

        Assert.Equal("/etc/systemd/system/docker.service:2", refused.Place.ToString());
        Assert.Contains("drop-in", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_unit_the_files_of_start_scripts_are_changed()
    {
        EngineConfigurationFiles files = Files((Json, "{\"mtu\":1400}"), ("/etc/default/docker", "DOCKER_OPTS='--mtu=1400 -D'"), ("/etc/sysconfig/docker", "OPTIONS=--mtu=1400"));

        Assert.Equal(
            [("/etc/default/docker", "DOCKER_OPTS='-D'"), ("/etc/sysconfig/docker", "OPTIONS=")],
            EngineProblemChange.Plan(files, Single(files, EngineProblemKind.SetTwice)).Select(edit => (edit.Path.ToString(), Encoding.UTF8.GetString(edit.Content.Span))));
    }

    [Theory]
    [InlineData("{\"storage-opts\":[\"overlay2.override_kernel_check=true\"]}", "{\"storage-opts\":[]}")]
    [InlineData("{\n  \"storage-opts\": [\n    \"overlay2.override_kernel_check=true\"\n  ],\n  \"debug\": true\n}\n", "{\n  \"storage-opts\": [],\n  \"debug\": true\n}\n")]
    [InlineData("{\"storage-opts\":[\n  \"overlay2.override_kernel_check=true\",\n  \"overlay2.size=10G\"\n]}", "{\"storage-opts\":[\n  \"overlay2.size=10G\"\n]}")]
    [InlineData("{\"storage-opts\":[\n  \"overlay2.size=10G\",\n  \" Overlay2.Override_Kernel_Check = 1\"\n]}", "{\"storage-opts\":[\n  \"overlay2.size=10G\"\n]}")]
    [InlineData("{\"storage-opts\":[\"overlay2.override_kernel_check=1\", \"overlay2.override_kernel_check=0\" , \"overlay2.size=1\", \"overlay2.override_kernel_check=1\"]}", "{\"storage-opts\":[\"overlay2.size=1\"]}")]
    [InlineData("\uFEFF{\"storage-opts\":[\"overlay2\\u002eoverride_kernel_check=1\"]}", "\uFEFF{\"storage-opts\":[]}")]
    public void A_removed_option_goes_from_the_configuration_file_and_nothing_else(string before, string after)
    {
        EngineConfigurationFiles files = Files((Json, before));
        EngineProblem problem = EngineConfiguration.Resolve(files).Problems.First(other => other.Kind == EngineProblemKind.RemovedOption);

        ConfigurationEdit edit = Assert.Single(EngineProblemChange.Plan(files, problem));

        Assert.Equal(after, Encoding.UTF8.GetString(edit.Content.Span));
    }

    [Theory]
    [InlineData("--storage-opt overlay2.override_kernel_check=true", "")]
    [InlineData("--storage-opt=overlay2.size=1G --storage-opt=overlay2.override_kernel_check=1 -D", "--storage-opt=overlay2.size=1G -D")]
    public void A_removed_option_goes_from_a_variable(string flags, string left)
    {
        EngineConfigurationFiles files = Files(s_unit, (Storage, $"DOCKER_STORAGE_OPTIONS=\"{flags}\"\n"));

        ConfigurationEdit edit = Assert.Single(EngineProblemChange.Plan(files, Single(files, EngineProblemKind.RemovedOption)));

        Assert.Equal((Storage, $"DOCKER_STORAGE_OPTIONS=\"{left}\"\n"), (edit.Path.ToString(), Encoding.UTF8.GetString(edit.Content.Span)));
    }

    [Theory]
    [InlineData("{\"storage-opts\":[\"overlay2.override_kernel_check=true\"],\"a\":1,\"a\":2}", EngineProblemKind.RemovedOption)]
    [InlineData("{\"a\":1,\"a\":2}", EngineProblemKind.DuplicateKey)]
    [InlineData("{\"storage-driver\":", EngineProblemKind.InvalidFile)]
    [InlineData("{\"debug\":3}", EngineProblemKind.WrongType)]
    public void What_only_a_person_can_decide_is_refused(string json, EngineProblemKind kind)
    {
        EngineConfigurationFiles files = Files((Json, json));
        Assert.Throws<ConfigurationEditException>(() => EngineProblemChange.Plan(files, Single(files, kind)));
    }

    private static EngineProblem Single(EngineConfigurationFiles files, EngineProblemKind kind) => Assert.Single(EngineConfiguration.Resolve(files).Problems, problem => problem.Kind == kind);

    private static EngineConfigurationFiles Files(params (string Path, string Content)[] files)
    {
        EngineConfigurationFiles found = EngineConfigurationFiles.Empty;
        foreach ((string path, string content) in files)
            found = found.With(BytePath.FromText(path), ByteString.FromText(content));
        return found;
    }
}
