using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Configuration.Secrets;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Configuration;

public sealed class SecretFilterTests
{
    private const string Unit = "/etc/systemd/system/docker.service";

    [Theory]
    [InlineData("/etc/docker/daemon.json", """{"proxies": {"http-proxy": "http://user:pa55@proxy:3128"}, "debug": true}""", """{"proxies": {"http-proxy": "http://REDACTED@proxy:3128"}, "debug": true}""")]
    [InlineData("/etc/docker/daemon.json", """{"http-proxy":"http:\/\/user:pa55@proxy"}""", """{"http-proxy":"http:\/\/REDACTED@proxy"}""")]
    [InlineData("/etc/docker/daemon.json", """{"log-opts": {"splunk-token" :  "pa55", "splunk-url": "https://h"}}""", """{"log-opts": {"splunk-token" :  "REDACTED", "splunk-url": "https://h"}}""")]
    [InlineData("/etc/docker/daemon.json", """{"log-opts": {"splunk-token": "pa55\"pa55", "x": tru""", """{"log-opts": {"splunk-token": "REDACTED", "x": tru""")]
    [InlineData("/etc/docker/daemon.json", """{"labels": ["my_secret=pa55", "a=b"]}""", """{"labels": ["my_secret=REDACTED", "a=REDACTED"]}""")]
    [InlineData("/etc/docker/daemon.json", """{"token": 5, "a": "b", "debug": true, "mtu": 1500, "bip": "10.0.0.1/8"}""", """{"token": "REDACTED", "a": "REDACTED", "debug": true, "mtu": 1500, "bip": "10.0.0.1/8"}""")]
    [InlineData("/etc/default/docker", "HTTP_PROXY=http://pa55@h\n# note\nDOCKER_OPTS=\"--log-opt splunk-token=pa55 -s overlay2\"\n", "HTTP_PROXY=REDACTED\n# note\nDOCKER_OPTS=\"--log-opt splunk-token=REDACTED -s overlay2\"\n")]
    [InlineData("/etc/sysconfig/docker", "A='pa55\npa55' \nDOCKER_DRIVER=vfs\n", "A=\"REDACTED\n\" \nDOCKER_DRIVER=vfs\n")]
    [InlineData("/etc/sysconfig/docker", "#HTTP_PROXY=http://u:pa55@h\n#MY_PASSWORD=pa55\n", "#HTTP_PROXY=http://REDACTED@h\n#MY_PASSWORD=REDACTED\n")]
    [InlineData(Unit, "[Service]\nEnvironment=A=pa55 \"B=pa55 pa55\" 'C'=pa55\nExecStart=/usr/bin/dockerd\n", "[Service]\nEnvironment=A=REDACTED \"B=REDACTED\" 'C'=REDACTED\nExecStart=/usr/bin/dockerd\n")]
    [InlineData(Unit, "[Service]\nEnvironment = A=pa55 \\\n # B=pa55 is a comment? no: this is\n  C=pa55\\ pa55 \\\n D=pa55\nExecStart=/x\n", "[Service]\nEnvironment = A=REDACTED \\\n # B=pa55 is a comment? no: this is\n  C=REDACTED \\\n D=REDACTED\nExecStart=/x\n")]
    [InlineData(Unit, "[Service]\nEnvironment=A=b \"C=d\"x'$A $B\nExecStart=/x --token=a\\\n $B http://$A:p@h\n", "[Service]\nEnvironment=A=REDACTED \"C=REDACTED\"'\nExecStart=/x --token=REDACTED\\\n $B http://REDACTED@h\n")]
    [InlineData(Unit, "[Service]\nEnvironment=FLAGS=-s SECRET=pa55 DOCKER_DRIVER=vfs\nExecStart=dockerd $FLAGS ${MORE}\n", "[Service]\nEnvironment=FLAGS=-s SECRET=REDACTED DOCKER_DRIVER=vfs\nExecStart=dockerd $FLAGS ${MORE}\n")]
    [InlineData("/etc/containerd/config.toml", "a = '''pa55\n", "a = '''REDACTED\n'''")]
    public void Secrets_go_and_everything_else_stays(string path, string before, string after)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText(path), ByteString.FromText(before));

        EngineConfigurationFiles filtered = SecretFilter.Apply(files);

        Assert.Equal(after, Encoding.UTF8.GetString(filtered[BytePath.FromText(path)].Content.Span));
        Assert.Equal(before.Count(character => character == '\n'), after.Count(character => character == '\n'));
        Assert.Equal(after, Encoding.UTF8.GetString(SecretFilter.Apply(filtered)[BytePath.FromText(path)].Content.Span));
    }

    [Theory]
    [InlineData("/etc/docker/daemon.json")]
    [InlineData("/etc/default/docker")]
    [InlineData("/etc/containerd/config.toml")]
    [InlineData(Unit)]
    public void A_file_that_was_left_out_as_a_whole_stays_as_it_is(string path)
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText(path), ByteString.FromText("REDACTED\n\n"));

        Assert.Equal("REDACTED\n\n", Encoding.UTF8.GetString(SecretFilter.Apply(files)[BytePath.FromText(path)].Content.Span));
    }

    [Theory]
    [InlineData("""{"\u0041bcdefghijklmnopq0123456789 x": [2]}""", """{"REDACTED x": [2]}""")]
    [InlineData("""{"\u0022token\u0022:\u0022pa55\u0022 \n": 1}""", """{"\"token\":\"REDACTED\" \n": "REDACTED"}""")]
    [InlineData("""{"token: \n": 1, "b \t": 2}""", """{"token: \n": "REDACTED", "b \t": 2}""")]
    public void The_name_of_a_member_is_read_and_written_with_its_escapes(string before, string after)
    {
        byte[] filtered = SecretFilter.Json(Encoding.UTF8.GetBytes(before));

        Assert.Equal(after, Encoding.UTF8.GetString(filtered));
        using var parsed = System.Text.Json.JsonDocument.Parse(filtered);
        Assert.Equal(filtered, SecretFilter.Json(filtered));
    }

    [Fact]
    public void Of_a_process_only_the_driver_is_kept_of_its_environment()
    {
        var process = new EngineProcess(1, [ByteString.FromText("dockerd"), ByteString.FromText("--http-proxy=http://u:pa55@h")],
            [ByteString.FromText("DOCKER_DRIVER=vfs"), ByteString.FromText("AWS_KEY=pa55"), ByteString.FromText("odd")]);

        EngineProcess filtered = SecretFilter.Apply(EngineConfigurationFiles.Empty.WithProcess(process)).Process!;

        Assert.Equal(["dockerd", "--http-proxy=http://REDACTED@h"], filtered.Arguments.Select(argument => argument.ToString()));
        Assert.Equal(["DOCKER_DRIVER=vfs", "AWS_KEY=REDACTED", "REDACTED"], filtered.Environment.Select(variable => variable.ToString()));
    }

    [Fact]
    public void A_saved_snapshot_never_holds_them()
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText("""{"https-proxy":"http://u:pa55@h"}"""));
        using var stream = new MemoryStream();

        new StorageSnapshot { Configuration = SnapshotPart.Known(files) }.Save(stream);

        Assert.DoesNotContain("pa55", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_megabyte_of_anything_takes_no_long_time()
    {
        foreach (string unit in (string[])["a", "\"", "\\", "=", "://", "://@", "token=", "a ", "\"a\":", "Environment=A=b\\\n", "$", "--user/", "echo ", "%22", "\\u0022", "\\\"", "key:"])
        {
            ByteString text = ByteString.FromText(string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length)));
            EngineConfigurationFiles files = EngineConfigurationFiles.Empty
                .With(BytePath.FromText("/etc/docker/daemon.json"), text).With(BytePath.FromText("/etc/default/docker"), text).With(BytePath.FromText(Unit), text);

            // Processor time of this thread, in nanoseconds: other tests run meanwhile. What is not linear takes minutes.
            Assert.InRange(ThreadTime.Shortest(() => SecretFilter.Apply(files), runs: 1), 0, 5_000_000_000);
        }
    }
}
