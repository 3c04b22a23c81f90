using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

public class EngineConfigurationTests
{
    private const string Unit = "/lib/systemd/system/docker.service";
    private const string DebianUnit = "[Service]\nType=notify\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS\n";
    private const string RedHatUnit = """
        [Service]
        Type=notify
        EnvironmentFile=-/etc/sysconfig/docker
        EnvironmentFile=-/etc/sysconfig/docker-storage
        ExecStart=/usr/bin/dockerd $OPTIONS \
            # a comment between
            $DOCKER_STORAGE_OPTIONS \
            $DOCKER_NETWORK_OPTIONS
        """;

    [Fact]
    public void A_driver_in_docker_storage_is_found_with_its_file_and_line()
    {
        EngineConfiguration configuration = Resolve((Unit, RedHatUnit), ("/etc/sysconfig/docker-storage", "# options\nDOCKER_STORAGE_OPTIONS=\"--storage-driver=overlay2 --storage-opt overlay2.size=10G\"\n"));
        Assert.Equal(EngineCommandOrigin.Unit, configuration.Origin);
        Assert.Equal("storage-driver=overlay2 (/etc/sysconfig/docker-storage:2)", configuration.StorageDriver!.ToString());
        Assert.Equal(ConfigurationSourceKind.EnvironmentFile, configuration.StorageDriver.Source.Kind);
        Assert.Equal("overlay2.size=10G", Assert.Single(configuration.StorageOptions).Value.ToString());
        Assert.Empty(configuration.Problems);
    }

    [Fact]
    public void File_and_flag_conflict_also_when_equal_and_name_both_places()
    {
        EngineConfiguration configuration = Resolve(
            (Unit, RedHatUnit),
            ("/etc/sysconfig/docker-storage", "DOCKER_STORAGE_OPTIONS=\"-s overlay2\"\n"),
            ("/etc/docker/daemon.json", "{\n  \"storage-driver\": \"overlay2\"\n}\n"));
        EngineProblem problem = Assert.Single(configuration.Problems);
        Assert.Equal(EngineProblemKind.SetTwice, problem.Kind);
        Assert.Equal(["/etc/sysconfig/docker-storage:1", "/etc/docker/daemon.json:2"], problem.Sources.Select(source => source.ToString()));
        Assert.True(problem.StopsEngine(null));
    }

    [Fact]
    public void The_classic_conflict_of_hosts_with_the_units_own_flag_is_seen_too()
    {
        EngineConfiguration configuration = Resolve((Unit, DebianUnit), ("/etc/docker/daemon.json", """{"hosts":["tcp://0.0.0.0:2375"]}"""));
        Assert.Equal(EngineProblemKind.SetTwice, Assert.Single(configuration.Problems).Kind);
    }

    [Fact]
    public void A_variable_file_that_the_unit_does_not_read_is_not_in_force()
    {
        EngineConfiguration configuration = Resolve((Unit, DebianUnit), ("/etc/sysconfig/docker-storage", "DOCKER_STORAGE_OPTIONS=--storage-driver=vfs\n"));
        Assert.Null(configuration.StorageDriver);
    }

    [Fact]
    public void Without_a_unit_the_usual_files_are_assumed_to_count()
    {
        EngineConfiguration configuration = Resolve(("/etc/default/docker", "DOCKER_OPTS='--storage-driver overlay2'\n"));
        Assert.Equal(EngineCommandOrigin.AssumedFiles, configuration.Origin);
        Assert.Equal(ConfigurationSourceKind.AssumedEnvironmentFile, configuration.StorageDriver!.Source.Kind);
    }

    [Fact]
    public void A_drop_in_replaces_the_command_after_it_set_it_empty()
    {
        EngineConfiguration configuration = Resolve(
            (Unit, DebianUnit),
            ("/etc/default/docker", "DOCKER_OPTS=-s vfs\n"),
            ("/etc/systemd/system/docker.service.d/override.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --storage-driver=overlay2 --data-root \"/srv/my docker\"\n"));
        Assert.Equal("overlay2", configuration.StorageDriver!.Value.ToString());
        Assert.Equal("/etc/systemd/system/docker.service.d/override.conf:3", configuration.StorageDriver.Source.ToString());
        Assert.Equal("/srv/my docker", configuration.DataRoot.Value.ToString());
    }

    [Fact]
    public void A_second_command_without_the_reset_keeps_the_unit_from_starting()
    {
        EngineConfiguration configuration = Resolve((Unit, DebianUnit), ("/etc/systemd/system/docker.service.d/override.conf", "[Service]\nExecStart=/usr/bin/dockerd\n"));
        EngineProblem problem = Assert.Single(configuration.Problems);
        Assert.Equal(EngineProblemKind.InvalidUnit, problem.Kind);
        Assert.True(problem.StopsEngine(20));
    }

    [Fact]
    public void Drop_ins_apply_by_name_and_those_in_etc_hide_those_of_the_same_name()
    {
        EngineConfiguration configuration = Resolve(
            (Unit, "[Service]\nExecStart=/usr/bin/dockerd $A $B $C\n"),
            ("/usr/lib/systemd/system/docker.service.d/20-b.conf", "[Service]\nEnvironment=A=--mtu=1 B=--mtu=1\n"),
            ("/etc/systemd/system/docker.service.d/20-b.conf", "[Service]\nEnvironment=\"B=--storage-driver=btrfs\"\n"),
            ("/run/systemd/system/docker.service.d/10-a.conf", "[Service]\nEnvironment=C=--exec-root=/a B=--debug\n"),
            ("/etc/systemd/system/docker.service.d/ignored.txt", "[Service]\nEnvironment=A=--storage-driver=zfs\n"));
        Assert.Equal("btrfs", configuration.StorageDriver!.Value.ToString());
        Assert.Equal("/a", configuration.ExecRoot.Value.ToString());
        Assert.DoesNotContain(configuration.Settings, setting => setting.Name == "mtu");
    }

    [Fact]
    public void A_unit_in_etc_hides_that_of_the_package_and_a_masked_one_starts_nothing()
    {
        Assert.Equal("zfs", Resolve((Unit, "[Service]\nExecStart=/usr/bin/dockerd -s vfs\n"), ("/etc/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd -szfs\n")).StorageDriver!.Value.ToString());

        EngineConfiguration masked = EngineConfiguration.Resolve(Files((Unit, "[Service]\nExecStart=/usr/bin/dockerd -s vfs\n"))
            .With(BytePath.FromText("/etc/systemd/system/docker.service"), new ConfigurationFileContent(ConfigurationFileState.NoFile, default, "a device")));
        Assert.Null(masked.StorageDriver);
        Assert.Equal(EngineProblemKind.InvalidUnit, Assert.Single(masked.Problems).Kind);
    }

    [Theory]
    [InlineData("$ONE", "one")]
    [InlineData("${ONE}", "one")]
    [InlineData("${TWO}", "two words")]
    [InlineData("$TWO", "two")]
    [InlineData("x${ONE}y", "xoney")]
    [InlineData("x$ONE", "x$ONE")]
    [InlineData("$$ONE", "$ONE")]
    [InlineData("${MISSING}a", "a")]
    [InlineData("'a b'", "a b")]
    [InlineData("\"a\\tb\"", "a\tb")]
    [InlineData("a\\x20b", "a b")]
    [InlineData("a\\sb", "a b")]
    [InlineData("100%%", "100%")]
    [InlineData("$QUOTED", "in quotes")]
    public void Words_of_a_command_are_expanded_as_the_service_manager_does(string word, string expected)
    {
        EngineConfiguration configuration = Resolve((Unit, $"[Service]\nEnvironment=ONE=one \"TWO=two words\" 'QUOTED=\"in quotes\" --debug'\nExecStart=-/usr/bin/dockerd --exec-root {word}\n"));
        Assert.Equal(expected, configuration.ExecRoot.Value.ToString().Replace("\\011", "\t", StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_that_is_empty_as_a_word_of_its_own_gives_no_argument()
    {
        EngineConfiguration configuration = Resolve((Unit, "[Service]\nExecStart=/usr/bin/dockerd $NONE --storage-driver $NONE overlay2\n"));
        Assert.Equal("overlay2", configuration.StorageDriver!.Value.ToString());
        Assert.Empty(configuration.Problems);
    }

    [Fact]
    public void The_environment_variable_overrides_flag_and_file()
    {
        EngineConfiguration configuration = Resolve((Unit, "[Service]\nEnvironment=DOCKER_DRIVER=vfs\nExecStart=/usr/bin/dockerd -s overlay2\n"));
        Assert.Equal("vfs", configuration.StorageDriver!.Value.ToString());
        Assert.Equal(EngineProblemKind.OverriddenByEnvironment, Assert.Single(configuration.Problems).Kind);
    }

    [Fact]
    public void The_running_engine_counts_and_the_unit_says_what_comes_next()
    {
        EngineConfigurationFiles files = Files((Unit, "[Service]\nExecStart=/usr/bin/dockerd -s overlay2\n"), ("/tmp/other.json", """{"data-root":"/other"}"""))
            .WithProcess(new EngineProcess(42, [.. "dockerd --config-file=/tmp/other.json --storage-driver vfs".Split(' ').Select(ByteString.FromText)], []));
        EngineConfiguration configuration = EngineConfiguration.Resolve(files);
        Assert.Equal(EngineCommandOrigin.Process, configuration.Origin);
        Assert.Equal("storage-driver=vfs (/proc/42/cmdline)", configuration.StorageDriver!.ToString());
        Assert.Equal("/other", configuration.DataRoot.Value.ToString());
        Assert.Equal("overlay2", configuration.NextStart.StorageDriver!.Value.ToString());
        Assert.Equal("/var/lib/docker", configuration.NextStart.DataRoot.Value.ToString());
    }

    [Theory]
    [InlineData("--storage-driver")]
    [InlineData("--no-such-flag")]
    [InlineData("-x")]
    [InlineData("operand")]
    [InlineData("--debug false")]
    [InlineData("--debug=maybe")]
    [InlineData("--mtu=abc")]
    [InlineData("-- operand")]
    public void Bad_flags_stop_the_engine(string flags)
    {
        EngineConfiguration configuration = Resolve((Unit, $"[Service]\nExecStart=/usr/bin/dockerd {flags}\n"));
        EngineProblem problem = Assert.Single(configuration.Problems);
        Assert.Equal(EngineProblemKind.InvalidFlag, problem.Kind);
        Assert.True(problem.StopsEngine(20));
    }

    [Theory]
    [InlineData("-Ds overlay2")]
    [InlineData("-soverlay2")]
    [InlineData("-s=overlay2")]
    [InlineData("--debug --storage-driver=vfs --storage-driver overlay2")]
    public void Every_form_of_a_flag_is_read(string flags) =>
        Assert.Equal("overlay2", Resolve((Unit, $"[Service]\nExecStart=/usr/bin/dockerd {flags}\n")).StorageDriver!.Value.ToString());

    [Theory]
    [InlineData("", EngineProblemKind.InvalidFile, 20, 23)]
    [InlineData(" \r\n", EngineProblemKind.InvalidFile, 20, 23)]
    [InlineData("\uFEFF{}", EngineProblemKind.InvalidFile, 20, 23)]
    [InlineData("{} trailing", EngineProblemKind.InvalidFile, 23, 20)]
    [InlineData("""{"http-proxy":"http://x"}""", EngineProblemKind.UnknownDirective, 20, 23)]
    [InlineData("""{"graph":"/x"}""", EngineProblemKind.UnknownDirective, 23, 20)]
    public void What_old_and_new_engines_treat_differently_depends_on_the_version(string content, EngineProblemKind kind, int stops, int starts)
    {
        EngineProblem problem = Assert.Single(Resolve(("/etc/docker/daemon.json", content)).Problems);
        Assert.Equal(kind, problem.Kind);
        Assert.Equal((true, false, null), (problem.StopsEngine(stops), problem.StopsEngine(starts), problem.StopsEngine(null)));
    }

    [Theory]
    [InlineData("[]", EngineProblemKind.InvalidFile)]
    [InlineData("{", EngineProblemKind.InvalidFile)]
    [InlineData("""{"storage-driver":"overlay2" "debug":true}""", EngineProblemKind.InvalidFile)]
    [InlineData("""{"Storage-Driver":"overlay2"}""", EngineProblemKind.UnknownDirective)]
    [InlineData("""{"x":{"y":1}}""", EngineProblemKind.UnknownDirective)]
    [InlineData("""{"debug":"true"}""", EngineProblemKind.WrongType)]
    [InlineData("""{"mtu":1.5}""", EngineProblemKind.WrongType)]
    [InlineData("""{"storage-opts":"a=b"}""", EngineProblemKind.WrongType)]
    [InlineData("""{"storage-opts":[1]}""", EngineProblemKind.WrongType)]
    [InlineData("""{"features":{"a":1}}""", EngineProblemKind.WrongType)]
    public void Files_that_no_engine_takes_are_a_problem(string content, EngineProblemKind kind)
    {
        EngineProblem problem = Assert.Single(Resolve(("/etc/docker/daemon.json", content)).Problems);
        Assert.Equal(kind, problem.Kind);
        Assert.True(problem.StopsEngine(null));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"storage-driver":null}""")]
    [InlineData("""{"proxies":{"no-proxy":null},"x":{"storage-driver":"vfs"},"log-opts":{"any":"x"},"builder":{"any":1}}""")]
    public void Files_that_choose_nothing_leave_the_choice_to_the_engine(string content)
    {
        EngineConfiguration configuration = Resolve(("/etc/docker/daemon.json", content));
        Assert.Null(configuration.StorageDriver);
        Assert.DoesNotContain(configuration.Problems, problem => problem.StopsEngine(25) != false);
    }

    [Fact]
    public void Escaped_keys_and_the_last_of_two_keys_count()
    {
        EngineConfiguration configuration = Resolve(("/etc/docker/daemon.json", "{\"storage-driver\":\"vfs\",\r\n\"storage\\u002Ddriver\":\"over\\u006cay2\"}"));
        Assert.Equal("storage-driver=overlay2 (/etc/docker/daemon.json:2)", configuration.StorageDriver!.ToString());
        Assert.Equal(EngineProblemKind.DuplicateKey, Assert.Single(configuration.Problems).Kind);
    }

    [Fact]
    public void Deep_nesting_is_read_without_harm()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 200_000));
        Assert.Equal(EngineProblemKind.InvalidFile, Assert.Single(Resolve(("/etc/docker/daemon.json", $$"""{"a":{{deep}}""")).Problems).Kind);
    }

    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A= b c  ", "b c")]
    [InlineData("A=\"b  c\" ", "b  c")]
    [InlineData("A='b\\c'", "b\\c")]
    [InlineData("A=\"b\\\"c\\d\"", "b\"c\\d")]
    [InlineData("A=b\\\nc", "bc")]
    [InlineData("A=\"b\nc\"", "b\nc")]
    [InlineData("A=b\\ ", "b ")]
    [InlineData("A='b'\"c\"", "bc")]
    [InlineData("A=b'c'", "b'c'")]
    [InlineData("A=", "")]
    [InlineData("A=\r\nB=c", "")]
    [InlineData("#A=x\n;A=y\nno assignment\nA=z", "z")]
    [InlineData("A =b", "b")]
    public void Values_of_variable_files_are_read_as_the_service_manager_does(string text, string expected)
    {
        EnvironmentAssignment assignment = EnvironmentFile.Parse(Encoding.UTF8.GetBytes(text)).First(entry => entry.Name.ToString() == "A");
        Assert.Equal(expected, Encoding.UTF8.GetString(assignment.Value.Span));
        Assert.Equal(assignment.Value.Length, assignment.Places.Length);
        Assert.All(assignment.Places, (place, index) => Assert.Equal(Encoding.UTF8.GetBytes(text)[place], assignment.Value.Span[index]));
    }

    private static EngineConfiguration Resolve(params (string Path, string Content)[] files) => EngineConfiguration.Resolve(Files(files));

    private static EngineConfigurationFiles Files(params (string Path, string Content)[] files)
    {
        EngineConfigurationFiles found = EngineConfigurationFiles.Empty;
        foreach ((string path, string content) in files)
            found = found.With(BytePath.FromText(path), ByteString.FromText(content));
        return found;
    }
}
