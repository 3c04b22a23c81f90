using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Configuration;

[SupportedOSPlatform("linux")]
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("overlay2-config-").FullName;

    private string Json => Path.Combine(_root, "etc", "docker", "daemon.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_file_is_replaced_with_a_backup_and_keeps_its_mode_and_attributes()
    {
        Write(Json, "{\"storage-driver\":\"vfs\"}");
        File.SetUnixFileMode(Json, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        bool hasAttribute = SetAttribute(Json, "user.note", "kept");

        ConfigurationReplacement replacement = Assert.Single(Apply("overlay2"));

        Assert.Equal("/etc/docker/daemon.json", replacement.Path.ToString());
        Assert.Equal("{\"storage-driver\":\"overlay2\"}", File.ReadAllText(Json));
        Assert.Equal("{\"storage-driver\":\"vfs\"}", File.ReadAllText(Json + ".bak"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(Json));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(Json + ".bak"));
        if (hasAttribute)
            Assert.Equal("kept", GetAttribute(Json, "user.note"));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(Json)!).Length);
    }

    [Fact]
    public void The_owner_is_kept()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away.");
        Write(Json, "{}");
        using (var file = File.OpenHandle(Json))
            Assert.False(LibC.ChangeOwner(file, 1234, 4321).IsError);
        Apply("overlay2");
        using var changed = File.OpenHandle(Json);
        Assert.True(LibC.TryStatx(changed, StatusMask.Basic, out FileStatus status, out _));
        Assert.Equal((1234u, 4321u), (status.UserId, status.GroupId));
    }

    [Fact]
    public void Backups_are_never_overwritten()
    {
        Write(Json, "{}");
        Apply("vfs");
        Apply("overlay2");
        Assert.Equal("{}", File.ReadAllText(Json + ".bak"));
        Assert.Contains("vfs", File.ReadAllText(Json + ".bak1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_back_as_it_was_is_kept_once()
    {
        for (int i = 0; i < 3; i++)
        {
            Write(Json, "{}");
            Assert.Equal("/etc/docker/daemon.json.bak", Assert.Single(Apply("overlay2")).Backup.ToString());
        }

        Assert.Equal(["daemon.json", "daemon.json.bak"], Directory.GetFiles(Path.GetDirectoryName(Json)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_has_the_name_of_a_backup_and_is_none_stays_and_holds_nobody_up()
    {
        Write(Json, "{}");
        Directory.CreateDirectory(Json + ".bak");
        Assert.False(LibC.MakeNode(System.Text.Encoding.UTF8.GetBytes(Json + ".bak1"), 0x1180, 0).IsError); // S_IFIFO, 0600
        File.CreateSymbolicLink(Json + ".bak2", "daemon.json");
        File.WriteAllText(Json + ".bak3", "{");

        Assert.Equal("/etc/docker/daemon.json.bak4", Assert.Single(Apply("overlay2")).Backup.ToString());
        Assert.Equal("{}", File.ReadAllText(Json + ".bak4"));
        Assert.Equal("{", File.ReadAllText(Json + ".bak3"));
        Assert.Equal(6, Directory.GetFileSystemEntries(Path.GetDirectoryName(Json)!).Length);
    }

    [Theory]
    [InlineData("/srv/real.json")]
    [InlineData("../../srv/real.json")]
    [InlineData("../../../../../../srv/real.json")]
    public void A_link_stays_and_its_target_below_the_root_is_replaced(string target)
    {
        string real = Path.Combine(_root, "srv", "real.json");
        Write(real, "{}");
        Directory.CreateDirectory(Path.GetDirectoryName(Json)!);
        File.CreateSymbolicLink(Json, target);

        Apply("overlay2");

        Assert.Equal(target, new FileInfo(Json).LinkTarget);
        Assert.Contains("overlay2", File.ReadAllText(real), StringComparison.Ordinal);
        Assert.True(File.Exists(real + ".bak"));
    }

    [Fact]
    public void Missing_file_and_directory_are_made()
    {
        Directory.CreateDirectory(Path.Combine(_root, "etc"));
        Assert.True(Assert.Single(Apply("overlay2")).Backup.IsEmpty);
        Assert.Equal("{\n  \"storage-driver\": \"overlay2\"\n}\n", File.ReadAllText(Json));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Json));
    }

    [Fact]
    public void A_file_that_someone_changed_meanwhile_is_left_alone()
    {
        Write(Json, "{}");
        ConfigurationEdit edit = Assert.Single(Plan("overlay2"));
        File.WriteAllText(Json, "{\"debug\":true}");
        Assert.Equal(ConfigurationFileFailure.Changed, Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Replace(Root, edit)).Failure);
        Assert.Equal("{\"debug\":true}", File.ReadAllText(Json));

        File.Delete(Json);
        Assert.Equal(ConfigurationFileFailure.Changed, Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Replace(Root, edit)).Failure);
    }

    [Fact]
    public void A_file_with_a_second_name_is_refused()
    {
        Write(Json, "{}");
        using (Process link = Process.Start("ln", [Json, Json + ".other"]))
            link.WaitForExit();
        ConfigurationEdit edit = Assert.Single(Plan("overlay2"));
        Assert.Equal(ConfigurationFileFailure.HardLinked, Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Replace(Root, edit)).Failure);
        Assert.Equal("{}", File.ReadAllText(Json));
    }

    [Fact]
    public void Pipes_and_looping_links_neither_hang_nor_are_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Json)!);
        using (Process pipe = Process.Start("mkfifo", [Json]))
            pipe.WaitForExit();
        Assert.Throws<ConfigurationEditException>(() => Plan("overlay2"));

        ConfigurationEdit edit = Assert.Single(StorageDriverChange.Plan(EngineConfigurationFiles.Empty, "overlay2"));
        Assert.Equal(ConfigurationFileFailure.NoFile, Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Replace(Root, edit)).Failure);

        File.Delete(Json);
        File.CreateSymbolicLink(Json, "daemon.json");
        Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Replace(Root, edit));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Json)!));
    }

    [Fact]
    public void A_host_is_read_below_its_root_with_unit_drop_ins_and_the_files_they_name()
    {
        Write(Path.Combine(_root, "usr/lib/systemd/system/docker.service"), "[Service]\nEnvironmentFile=/etc/extra\nExecStart=/usr/bin/dockerd --config-file=/etc/other.json $EXTRA\n");
        Write(Path.Combine(_root, "etc/systemd/system/docker.service.d/10.conf"), "[Service]\nEnvironment=DOCKER_DRIVER=overlay2\n");
        Write(Path.Combine(_root, "etc/extra"), "EXTRA=--exec-root=/x\n");
        Write(Path.Combine(_root, "etc/other.json"), "{\"data-root\":\"/y\"}");
        EngineConfiguration configuration = EngineConfiguration.Read(Root);
        Assert.Empty(configuration.Problems);
        Assert.Equal(("overlay2", "/x", "/y"), (configuration.StorageDriver!.Value.ToString(), configuration.ExecRoot.Value.ToString(), configuration.DataRoot.Value.ToString()));
        Assert.Equal("/etc/systemd/system/docker.service.d/10.conf:2", configuration.StorageDriver.Source.ToString());
    }

    [Fact]
    public void A_unit_linked_to_the_null_device_is_masked_also_where_there_is_no_such_device()
    {
        Directory.CreateDirectory(Path.Combine(_root, "etc/systemd/system"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc/systemd/system/docker.service"), "/dev/null");
        Write(Path.Combine(_root, "lib/systemd/system/docker.service"), "[Service]\nExecStart=/usr/bin/dockerd -s vfs\n");
        EngineConfiguration configuration = EngineConfiguration.Read(Root);
        Assert.Null(configuration.StorageDriver);
        Assert.Equal(EngineProblemKind.InvalidUnit, Assert.Single(configuration.Problems).Kind);
    }

    [Fact]
    public void The_engine_that_the_process_id_file_names_is_read()
    {
        Write(Path.Combine(_root, "run/docker.pid"), "77");
        Directory.CreateDirectory(Path.Combine(_root, "var"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "var/run"), "/run");
        Write(Path.Combine(_root, "proc/77/cmdline"), "/usr/bin/dockerd\0-s\0vfs\0");
        Write(Path.Combine(_root, "proc/77/environ"), "A=b\0DOCKER_DRIVER=overlay2\0");
        EngineConfiguration configuration = EngineConfiguration.Read(Root);
        Assert.Equal("storage-driver=overlay2 (/proc/77/environ)", configuration.StorageDriver!.ToString());
    }

    private BytePath Root => BytePath.FromText(_root);

    private ImmutableArray<ConfigurationEdit> Plan(string driver) => StorageDriverChange.Plan(EngineConfigurationFiles.Read(Root), driver);

    private ConfigurationReplacement[] Apply(string driver) => [.. Plan(driver).Select(edit => ConfigurationFile.Replace(Root, edit))];

    private static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static bool SetAttribute(string path, string name, string value)
    {
        using var file = File.OpenHandle(path);
        return !LibC.SetExtendedAttribute(file, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)).IsError;
    }

    private static string GetAttribute(string path, string name)
    {
        using var file = File.OpenHandle(path);
        Assert.True(LibC.TryGetExtendedAttribute(file, Encoding.UTF8.GetBytes(name), out byte[] value, out _));
        return Encoding.UTF8.GetString(value);
    }
}
