using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

public class StorageDriverChangeTests
{
    private const string Json = "/etc/docker/daemon.json";
    private const string Storage = "/etc/sysconfig/docker-storage";
    private static readonly (string, string) s_unit =
        ("/usr/lib/systemd/system/docker.service", "[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n");

    /// <summary>Content before and after; everything but the driver stays byte for byte.</summary>
    public static TheoryData<string, string> JsonFiles => new()
    {
        { "{\n  \"storage-driver\": \"vfs\"\n}\n", "{\n  \"storage-driver\": \"overlay2\"\n}\n" },
        { "{}", "{\n  \"storage-driver\": \"overlay2\"\n}" },
        { "{ }\n", "{\n  \"storage-driver\": \"overlay2\"\n }\n" },
        { "{\n}\n", "{\n  \"storage-driver\": \"overlay2\"\n}\n" },
        { "", "{\n  \"storage-driver\": \"overlay2\"\n}\n" },
        { "\n\n", "{\n  \"storage-driver\": \"overlay2\"\n}\n\n" },
        { "{\"debug\":true}", "{\"debug\":true,\"storage-driver\":\"overlay2\"}" },
        { "{\n\t\"debug\": true,\n\t\"mtu\" :1400\n}", "{\n\t\"debug\": true,\n\t\"mtu\" :1400,\n\t\"storage-driver\" :\"overlay2\"\n}" },
        { "{\r\n  \"debug\": true\r\n}\r\n", "{\r\n  \"debug\": true,\r\n  \"storage-driver\": \"overlay2\"\r\n}\r\n" },
        { "\uFEFF{\r\n}\r\n", "\uFEFF{\r\n  \"storage-driver\": \"overlay2\"\r\n}\r\n" },
        { "\uFEFF{\"storage-driver\":\"vfs\"}", "\uFEFF{\"storage-driver\":\"overlay2\"}" },
        { "   {  \"storage-driver\"   :\t\t\"vfs\"   ,\n\n\n \"debug\":false}   ", "   {  \"storage-driver\"   :\t\t\"overlay2\"   ,\n\n\n \"debug\":false}   " },
        { "{\"storage-driver\": null, \"x\": {\"debug\": {}}}", "{\"storage-driver\": \"overlay2\", \"x\": {\"debug\": {}}}" },
        { "{\"storage-driver\": 3}", "{\"storage-driver\": \"overlay2\"}" },
        { "{\"storage\\u002ddriver\": \"v\\u0066s\"}", "{\"storage\\u002ddriver\": \"overlay2\"}" },
        { "{\"no-such-key\": [1, {\"a\": [\"}\", \"\\\"\"]}]\n}", "{\"no-such-key\": [1, {\"a\": [\"}\", \"\\\"\"]}],\"storage-driver\": \"overlay2\"\n}" },
        { "{\n  \"a\": 1\n, \"b\": 2\n}\n", "{\n  \"a\": 1\n, \"b\": 2, \"storage-driver\": \"overlay2\"\n}\n" },
        { "{\n  \"hosts\": [\n    \"unix://\"\n  ]\n}", "{\n  \"hosts\": [\n    \"unix://\"\n  ],\n  \"storage-driver\": \"overlay2\"\n}" },
        { "{ \"\u00e4\": \"\u65e5\u672c\" }\n", "{ \"\u00e4\": \"\u65e5\u672c\", \"storage-driver\": \"overlay2\" }\n" },
        { "{\"x\":{\"storage-driver\":\"vfs\"}}", "{\"x\":{\"storage-driver\":\"vfs\"},\"storage-driver\":\"overlay2\"}" },
    };

    public static TheoryData<string, string> VariableFiles => new()
    {
        { "DOCKER_STORAGE_OPTIONS=\"--storage-driver=vfs\"\n", "DOCKER_STORAGE_OPTIONS=\"--storage-driver=overlay2\"\n" },
        { "# c\r\nDOCKER_STORAGE_OPTIONS='-s vfs  --storage-opt a=b'\r\n", "# c\r\nDOCKER_STORAGE_OPTIONS='-s overlay2  --storage-opt a=b'\r\n" },
        { "DOCKER_STORAGE_OPTIONS=\"--storage-driver= --debug\"", "DOCKER_STORAGE_OPTIONS=\"--storage-driver=overlay2 --debug\"" },
        { "DOCKER_STORAGE_OPTIONS=--storage-driver=", "DOCKER_STORAGE_OPTIONS=--storage-driver=overlay2" },
        { "DOCKER_STORAGE_OPTIONS = -svfs", "DOCKER_STORAGE_OPTIONS = -soverlay2" },
        { "DOCKER_STORAGE_OPTIONS=-s vfs --exec-root -sx", "DOCKER_STORAGE_OPTIONS=-s overlay2 --exec-root -sx" },
        { "DOCKER_STORAGE_OPTIONS=--storage-driver  devicemapper\nX=1\n", "DOCKER_STORAGE_OPTIONS=--storage-driver  overlay2\nX=1\n" },
        { "DOCKER_STORAGE_OPTIONS=old\nDOCKER_STORAGE_OPTIONS=\"-s=vfs --storage-driver=zfs\"", "DOCKER_STORAGE_OPTIONS=old\nDOCKER_STORAGE_OPTIONS=\"-s=overlay2 --storage-driver=overlay2\"" },
    };

    [Theory]
    [MemberData(nameof(JsonFiles))]
    public void The_driver_is_set_in_the_configuration_file_and_nothing_else_changes(string before, string after)
    {
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(Files((Json, before)), "overlay2"));
        Assert.Equal(Json, edit.Path.ToString());
        Assert.Equal(after, Encoding.UTF8.GetString(edit.Content.Span));
        Assert.Equal(before, Encoding.UTF8.GetString(edit.Original!.Value.Span));
        Assert.Empty(StorageDriverChange.Plan(Files((Json, after)), "overlay2"));
    }

    [Theory]
    [MemberData(nameof(VariableFiles))]
    public void A_driver_that_a_variable_names_is_changed_there(string before, string after)
    {
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(Files(s_unit, (Storage, before)), "overlay2"));
        Assert.Equal((Storage, after), (edit.Path.ToString(), Encoding.UTF8.GetString(edit.Content.Span)));
    }

    [Theory]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"--storage-driver=overlay2\"\n", "DOCKER_STORAGE_OPTIONS=\"\"\n")]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"-s vfs --debug\"\n", "DOCKER_STORAGE_OPTIONS=\"--debug\"\n")]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"--debug  -s vfs --init\"\n", "DOCKER_STORAGE_OPTIONS=\"--debug --init\"\n")]
    public void With_both_places_set_the_file_keeps_the_driver_and_the_flag_goes_first(string before, string after)
    {
        EngineConfigurationFiles files = Files(s_unit, (Storage, before), (Json, "{\"storage-driver\":\"vfs\"}"));
        IReadOnlyList<ConfigurationEdit> edits = StorageDriverChange.Plan(files, "overlay2");
        Assert.Equal([Storage, Json], edits.Select(edit => edit.Path.ToString()));
        Assert.Equal(after, Encoding.UTF8.GetString(edits[0].Content.Span));
        Assert.Equal("{\"storage-driver\":\"overlay2\"}", Encoding.UTF8.GetString(edits[1].Content.Span));
    }

    [Fact]
    public void Equal_values_in_both_places_are_a_conflict_that_is_resolved_too()
    {
        EngineConfigurationFiles files = Files(s_unit, (Storage, "DOCKER_STORAGE_OPTIONS=-s overlay2"), (Json, "{\"storage-driver\":\"overlay2\"}"));
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(files, "overlay2"));
        Assert.Equal("DOCKER_STORAGE_OPTIONS=", Encoding.UTF8.GetString(edit.Content.Span));
    }

    [Fact]
    public void A_missing_file_is_made()
    {
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(EngineConfigurationFiles.Empty, "overlay2"));
        Assert.Null(edit.Original);
        Assert.Equal("{\n  \"storage-driver\": \"overlay2\"\n}\n", Encoding.UTF8.GetString(edit.Content.Span));
        Assert.Equal("--- /etc/docker/daemon.json\n+++ /etc/docker/daemon.json\n@@ -0,0 +1,3 @@\n+{\n+  \"storage-driver\": \"overlay2\"\n+}\n", Encoding.UTF8.GetString(edit.Difference.Span));
    }

    [Fact]
    public void The_difference_shows_three_lines_around_and_a_missing_line_end()
    {
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(Files((Json, "{\n\n\n\n  \"storage-driver\": \"vfs\",\n  \"debug\": true}")), "overlay2"));
        Assert.Equal(
            "--- /etc/docker/daemon.json\n+++ /etc/docker/daemon.json\n@@ -2,5 +2,5 @@\n \n \n \n-  \"storage-driver\": \"vfs\",\n+  \"storage-driver\": \"overlay2\",\n   \"debug\": true}\n\\ No newline at end of file\n",
            Encoding.UTF8.GetString(edit.Difference.Span));
    }

    [Theory]
    [InlineData("{\"storage-driver\": \"vfs\",}", 1)]
    [InlineData("{\n\"a\": tru\n}", 2)]
    [InlineData("{} {}", 1)]
    [InlineData("[]", 1)]
    [InlineData("null", 1)]
    [InlineData("{\"storage-driver\":\"a\",\"storage-driver\":\"b\"}", 1)]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}", 1)]
    [InlineData("{\"a\":1 // comment\n}", 1)]
    [InlineData("{\"a\":\"\n\"}", 1)]
    [InlineData("\uFEFF\uFEFF{}", 1)]
    public void What_cannot_be_understood_is_refused_with_its_place(string content, int line)
    {
        ConfigurationEditException error = Assert.Throws<ConfigurationEditException>(() => StorageDriverChange.Plan(Files((Json, content)), "overlay2"));
        Assert.Equal((Json, line), (error.Place.Path.ToString(), error.Place.Line));
    }

    [Theory]
    [InlineData("[Service]\nExecStart=/usr/bin/dockerd -s vfs\n", 2)]
    [InlineData("[Service]\nEnvironment=X=--storage-driver=vfs\nExecStart=/usr/bin/dockerd $X\n", 2)]
    [InlineData("[Service]\nEnvironment=DOCKER_DRIVER=vfs\nExecStart=/usr/bin/dockerd\n", 2)]
    public void A_driver_in_the_unit_itself_is_refused_with_its_place(string unit, int line)
    {
        ConfigurationEditException error = Assert.Throws<ConfigurationEditException>(() => StorageDriverChange.Plan(Files(("/etc/systemd/system/docker.service", unit)), "overlay2"));
        Assert.Equal(("/etc/systemd/system/docker.service", line), (error.Place.Path.ToString(), error.Place.Line));
    }

    [Theory]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"-s 'vfs'\"")]
    [InlineData("DOCKER_STORAGE_OPTIONS=--storage-driver=v\\\nfs")]
    [InlineData("DOCKER_STORAGE_OPTIONS=-Ds vfs")]
    [InlineData("DOCKER_STORAGE_OPTIONS=\"-s vfs\" # belongs to the value")]
    public void A_flag_that_is_not_written_plainly_is_refused(string content) =>
        Assert.Throws<ConfigurationEditException>(() => StorageDriverChange.Plan(Files(s_unit, (Storage, content)), "overlay2"));

    [Theory]
    [InlineData("over lay")]
    [InlineData("\"")]
    [InlineData("")]
    public void A_driver_that_is_no_name_is_misuse(string driver) =>
        Assert.Throws<ArgumentException>(() => StorageDriverChange.Plan(EngineConfigurationFiles.Empty, driver));

    [Fact]
    public void Bytes_that_are_no_text_stay()
    {
        byte[] before = [.. "{\"labels\":[\""u8, 0xff, 0xc3, .. "\"]}"u8];
        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(EngineConfigurationFiles.Empty.With(BytePath.FromText(Json), new ByteString(before)), "overlay2"));
        Assert.Equal([.. before[..^1], .. ",\"storage-driver\":\"overlay2\"}"u8], edit.Content.Span.ToArray());
    }

    private static EngineConfigurationFiles Files(params (string Path, string Content)[] files)
    {
        EngineConfigurationFiles found = EngineConfigurationFiles.Empty;
        foreach ((string path, string content) in files)
            found = found.With(BytePath.FromText(path), ByteString.FromText(content));
        return found;
    }
}
