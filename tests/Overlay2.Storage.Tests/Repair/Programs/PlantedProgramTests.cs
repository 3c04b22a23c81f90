using System.Runtime.Versioning;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair.Programs;

/// <summary>Programs that somebody else put where a shell, or the runtime, would find them first.</summary>
[Collection(WorkingDirectoryCollection.Name)]
[SupportedOSPlatform("linux")]
public sealed class PlantedProgramTests : IDisposable
{
    private const string Unknown = "o2-planted";

    private readonly string _before = Environment.CurrentDirectory;
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-planted-").FullName;

    public PlantedProgramTests()
    {
        foreach (string folder in (string[])[_directory, $"{_directory}/bin"])
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
            foreach (string name in (string[])["true", "unshare", "docker", "systemctl", "sh", Unknown])
            {
                string file = $"{folder}/{name}";
                File.WriteAllText(file, $"#!/bin/sh\n: > {_directory}/ran\nexit 7\n");
                File.SetUnixFileMode(file, (UnixFileMode)0x1ed);
            }
        }
    }

    public static TheoryData<string> Paths => ["unset", "", ".", "bin", "./bin", ":", "{0}", "{0}/bin:/usr/bin:/bin"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Environment.CurrentDirectory = _before;
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Nothing_from_the_working_directory_or_the_path_is_run(string path)
    {
        Environment.CurrentDirectory = _directory;
        Environment.SetEnvironmentVariable("PATH", path == "unset" ? null : string.Format(System.Globalization.CultureInfo.InvariantCulture, path, _directory));

        Assert.Contains("there is none in", Assert.Throws<ProgramRefusedException>(static () => new ProgramEngineControl([Unknown], [])).Reason, StringComparison.Ordinal);
        foreach (string relative in (string[])[$"./{Unknown}", $"bin/{Unknown}", "../bin/true", ""])
            Assert.Contains("neither a name nor an absolute path", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find(relative)).Reason, StringComparison.Ordinal);
        Assert.StartsWith("/usr/", TrustedProgram.Find("unshare").ToString(), StringComparison.Ordinal);

        var control = new ProgramEngineControl(["true"], ["sh", "-c", "true"]);
        Assert.True(await control.AnswersAsync(Token));
        HostResult restarted = await control.RestartAsync(Token);
        Assert.True(restarted.IsDone, restarted.Error);
        Assert.True((await control.StopContainerAsync(ByteString.FromText("c"), Token)).IsDone);
        Assert.False(File.Exists($"{_directory}/ran"));
    }

    [Fact]
    public void A_directory_of_the_callers_list_that_is_relative_is_not_searched()
    {
        Environment.CurrentDirectory = _directory;

        Assert.Throws<ProgramRefusedException>(static () => TrustedProgram.Find(Unknown, ["", ".", "bin"]));
    }
}
