using System.Diagnostics;
using System.Runtime.Versioning;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair.Programs;

/// <summary>For root, a program is started only if nobody else decides what it is.</summary>
[SupportedOSPlatform("linux")]
public sealed class TrustedProgramTests : IDisposable
{
    private readonly string _directory = $"/run/overlay2-test-{Guid.NewGuid():N}";
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("overlay2-evil-").FullName;

    public TrustedProgramTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: to others every program is what it is.");
        Make($"{_directory}/bin/tool");
        Make($"{_elsewhere}/tool");
    }

    private string Tool => $"{_directory}/bin/tool";

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public void One_that_is_roots_alone_is_found_by_path_by_list_and_by_link()
    {
        Assert.Equal(Tool, TrustedProgram.Find(Tool).ToString());
        Assert.Equal(Tool, TrustedProgram.Find("tool", ["/usr/bin", $"{_directory}/bin"]).ToString());
        File.CreateSymbolicLink($"{_directory}/link", "bin/../bin/./tool");
        Directory.CreateSymbolicLink($"{_directory}/bins", $"{_directory}/bin");
        Assert.Equal(Tool, TrustedProgram.Find($"{_directory}/link").ToString());
        Assert.Equal($"{_directory}/link", TrustedProgram.Find($"{_directory}/link").Path.ToString());
        Assert.Equal(Tool, TrustedProgram.Find($"{_directory}/bins/tool").ToString());
    }

    [Theory]
    [InlineData("chmod g+w", "bin/tool")]
    [InlineData("chmod o+w", "bin/tool")]
    [InlineData("chown 65533", "bin/tool")]
    [InlineData("chmod g+w", "bin")]
    [InlineData("chmod 1777", "bin")]
    [InlineData("chown 65533", "")]
    [InlineData("chmod o+w", "")]
    public void One_that_others_can_change_is_refused_by_name(string change, string part)
    {
        string changed = part.Length == 0 ? _directory : $"{_directory}/{part}";
        string[] words = change.Split(' ');
        using (Process process = Process.Start(words[0], [words[1], changed]))
            process.WaitForExit();

        ProgramRefusedException refused = Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find("tool", [$"{_directory}/bin", "/usr/bin"]));
        Assert.StartsWith($"{changed} ", refused.Reason, StringComparison.Ordinal);
        Assert.Throws<ProgramRefusedException>(() => new ProgramEngineControl(["true"], [Tool]));
    }

    [Fact]
    public void A_link_into_a_directory_of_others_is_refused()
    {
        File.CreateSymbolicLink($"{_directory}/link", $"{_elsewhere}/tool");
        Directory.CreateSymbolicLink($"{_directory}/links", _elsewhere);
        Directory.CreateSymbolicLink($"{_directory}/around", _directory);
        File.CreateSymbolicLink($"{_directory}/loop", "loop");

        Assert.StartsWith("/tmp ", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find($"{_directory}/link")).Reason, StringComparison.Ordinal);
        Assert.StartsWith("/tmp ", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find($"{_directory}/links/tool")).Reason, StringComparison.Ordinal);
        Assert.StartsWith("/tmp ", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find($"/tmp/..{_directory}/bin/tool")).Reason, StringComparison.Ordinal);
        Assert.Contains("ELOOP", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find($"{_directory}/loop")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_and_a_file_that_nobody_may_run_are_no_programs()
    {
        File.SetUnixFileMode(Tool, UnixFileMode.UserRead);

        Assert.Contains("no such program", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find(Tool)).Reason, StringComparison.Ordinal);
        Assert.Contains("no such program", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find($"{_directory}/bin")).Reason, StringComparison.Ordinal);
        Assert.Contains("there is none in", Assert.Throws<ProgramRefusedException>(() => TrustedProgram.Find("tool", [$"{_directory}/bin"])).Reason, StringComparison.Ordinal);
    }

    private static void Make(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, (UnixFileMode)0x1ed);
        File.WriteAllText(file, "#!/bin/sh\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x1ed);
    }
}
