using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;
using Overlay2.Storage.Tests.Repair;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>Somebody plants text that a terminal acts on wherever the tool takes text from; nothing of it comes out as it is.</summary>
public sealed partial class PlantedTextTests : IDisposable
{
    /// <summary>Clears the screen, rings, goes back, begins a line of its own, turns the direction; CSI and OSC once more as one character each.</summary>
    private const string Planted = "\e[2J\a\r\nPLANTED\u202e\u009b2J\u009d0;t\u009c";

    private static readonly string s_inJson = string.Concat(Planted.Select(symbol => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)symbol:x4}")));

    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    /// <summary>Every command of the tool, and every option that takes a value, by the tool's own help.</summary>
    [Fact]
    public void No_word_of_the_command_line_comes_out_raw()
    {
        const string Word = "/no/such" + Planted;
        List<(string Name, string[] Words)> runs = [];
        Visit([]);
        List<string> shown = [];
        foreach ((string name, string[] words) in runs)
        {
            ToolRun ended = Tool.RunForBytes("", words);
            AssertPlain(ended);
            if ((ended.Output + ended.Error).Contains("PLANTED", StringComparison.Ordinal))
                shown.Add(name);
        }

        // As far as the help is read rightly, and words are told of at all.
        string[] known = ["", "resume", "config set-driver", "simulate shell", "mounts --mountinfo", "plan --store", "snapshot --host-root", "apply --journal", "options check -o"];
        Assert.Empty(known.Except(shown, StringComparer.Ordinal));

        void Visit(string[] path)
        {
            string help = Tool.Run([.. path, "--help"]).Output;
            string usage = help.Split('\n').SkipWhile(static line => line != "Usage:").Skip(1).First();
            string[] words = [.. Placeholder().Matches(usage).Select(static _ => Word)];
            string name = string.Join(' ', path);
            foreach (string option in Section(help, "Options:").Select(static line => ValuedOption().Match(line)).Where(static match => match.Success).Select(static match => match.Groups[1].Value))
                runs.Add((name + " " + option, [.. path, option, Word, .. words]));
            runs.Add((name, [.. path, .. words, Word]));
            runs.Add((name, [.. path, .. words, "--" + Planted]));
            runs.Add((name, [.. path, "@" + Word]));
            foreach (string subcommand in Section(help, "Commands:").Select(static line => line.Split(' ')[0]))
                Visit([.. path, subcommand]);
        }
    }

    [Theory]
    [InlineData("mounts")]
    [InlineData("mounts", "--tree")]
    [InlineData("mounts", "--overlay")]
    [InlineData("mounts", "--json")]
    [InlineData("diagnose")]
    [InlineData("diagnose", "--json")]
    [InlineData("diagnose", "--markdown")]
    [InlineData("plan")]
    [InlineData("plan", "--json")]
    [InlineData("plan", "--markdown")]
    [InlineData("plan", "--script")]
    public void No_mount_comes_out_raw(params string[] command)
    {
        // Bytes that are no text as well. What is not escaped in mountinfo is raw in it, but for newlines.
        string escaped = string.Concat(Encoding.UTF8.GetBytes(Planted).Append((byte)0xff).Select(value => "\\" + Convert.ToString(value, 8).PadLeft(3, '0')));
        string raw = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Planted.Replace("\n", "", StringComparison.Ordinal))) + "\xff";
        string table = File.ReadAllText(Repository.Data("docker-root", "shadow-self-bind", "mountinfo.txt"))
            .Replace("/var/lib/docker", $"/var/lib/docker{escaped}", StringComparison.Ordinal).Replace("relatime", $"relatime,{raw}", StringComparison.Ordinal).Replace(" tmpfs rw", $" tmpfs{escaped} rw,{raw}", StringComparison.Ordinal);
        _tree.WithFile("mountinfo", Encoding.Latin1.GetBytes(table));

        AssertPlain(Tool.RunForBytes("", [.. command, "--mountinfo", _tree["mountinfo"]]), "PLANTED");
    }

    [Theory]
    [InlineData("diagnose", "--all")]
    [InlineData("diagnose", "--json")]
    [InlineData("diagnose", "--markdown")]
    [InlineData("plan")]
    [InlineData("plan", "--json")]
    [InlineData("plan", "--markdown")]
    [InlineData("plan", "--script")]
    public void Nothing_of_a_snapshot_comes_out_raw(params string[] command)
    {
        foreach (string state in (string[])["orphan-layers", "missing-l-symlink"])
        {
            StorageSnapshot snapshot = StorageSnapshot.FromFiles(
                new SnapshotFiles
                {
                    MountInfo = BytePath.FromText(Repository.Data("docker-root", state, "mountinfo.txt")),
                    Store = BytePath.FromText(Repository.Data("docker-root", state, "tree.json.gz")),
                },
                TestContext.Current.CancellationToken);
            using var saved = new MemoryStream();
            (snapshot with { HostId = SnapshotPart.Known(Planted), BootId = SnapshotPart.Known(Planted) }).Save(saved);
            string text = Encoding.UTF8.GetString(saved.ToArray()).Replace("\"/var/lib/docker", "\"/var/lib/docker" + s_inJson, StringComparison.Ordinal);
            _tree.WithFile("snapshot.json", text);

            AssertPlain(Tool.RunForBytes("", [.. command, "--snapshot", _tree["snapshot.json"]]), "PLANTED");
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--dry-run")]
    [InlineData("--dry-run", "--json")]
    public void Nothing_of_a_plan_comes_out_raw(params string[] options)
    {
        RepairStep step = RepairExamples.StepOf(RepairExamples.Actions[0].Good) with { Title = "t" + Planted, Effect = "e" + Planted };
        RepairPlan plan = RepairExamples.PlanOf(step) with
        {
            HostId = Planted,
            Goals = [new RepairGoal("OVL0001", "k", Planted)],
            Refusals = [new RepairRefusal("OVL0002", Planted, Planted)],
            Alternatives = [new RepairCourse(Planted, Planted, RepairRisk.R1, [], [Planted])],
        };
        _tree.WithFile("plan.json", plan.ToJson());
        foreach (string text in (string[])[plan.ToMarkdown(), plan.ToShellScript()])
            AssertPlain(new ToolRun(0, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)), ""), "PLANTED");

        AssertPlain(Tool.RunForBytes("n\n", ["apply", _tree["plan.json"], .. options]), options.Length == 0 ? "PLANTED" : "Refused");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("config", "show", "--json")]
    [InlineData("config", "set-driver", "overlay2", "--dry-run")]
    [InlineData("config", "set-driver", "overlay2", "--dry-run", "--json")]
    public void No_setting_of_an_engine_comes_out_raw(params string[] command)
    {
        string raw = Planted.Replace("\n", "", StringComparison.Ordinal);
        _tree.WithFile("root/etc/docker/daemon.json", $$"""{"data-root": "/x{{s_inJson}}", "storage-driver": "vfs{{s_inJson}}", "{{s_inJson}}": 1}""")
            .WithFile("root/etc/sysconfig/docker-storage", $"DOCKER_STORAGE_OPTIONS=\"--storage-driver=a{raw} --storage-opt b{raw}\"\n");
        AssertPlain(Tool.RunForBytes("", [.. command, "--root", _tree["root"]]), "PLANTED");

        _tree.WithFile("root/etc/docker/daemon.json", $"{{\"data-root\": \"/x{Planted}\", }}");
        AssertPlain(Tool.RunForBytes("", [.. command, "--root", _tree["root"]]));
    }

    [Fact]
    public void No_line_of_a_log_or_profile_comes_out_raw()
    {
        string raw = Planted.Replace("\n", "", StringComparison.Ordinal);
        _tree.WithFile("kernel.log", $"[  1.5] overlayfs: failed to resolve '/l{raw}': -2\n[  1.6] overlayfs: filesystem on '/u{raw}' not supported as upperdir\n")
            .WithFile("engine.log", $"time=\"2026-11-30T00:00:00Z\" level=error msg=\"[graphdriver] prior storage driver overlay2{raw} failed: driver not supported\"\n")
            .WithFile("info.json", $$"""{"Driver": "overlay2{{s_inJson}}", "ServerVersion": "{{s_inJson}}", "DockerRootDir": "/var{{s_inJson}}"}""")
            .WithFile("profile.json", Encoding.UTF8.GetString(Overlay2.Storage.Kernel.KernelProfile.Defaults(new Overlay2.Storage.Kernel.KernelVersion(6, 1)).ToJson()).Replace("\"6.1", $"\"6.1{s_inJson}", StringComparison.Ordinal));
        foreach (string form in (string[])["--all", "--json", "--markdown"])
            AssertPlain(Tool.RunForBytes("", "diagnose", form, "--kernel-log", _tree["kernel.log"], "--engine-log", _tree["engine.log"], "--engine-info", _tree["info.json"], "--kernel-profile", _tree["profile.json"]), "PLANTED");
        foreach (string[] form in (string[][])[[], ["--json"]])
            AssertPlain(Tool.RunForBytes("", ["options", "check", "/", "--kernel-profile", _tree["profile.json"], .. form]), "PLANTED");
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public void No_line_of_the_shell_comes_out_raw(params string[] options)
    {
        string raw = Planted.Replace("\r\n", "", StringComparison.Ordinal);
        _tree.WithFile("layers", $"l0 dir d{raw}\nl0 symlink s /to{raw}\n");
        string lines = $"ls .\nreadlink s\nmkdir x{raw}\nsymlink {raw} t\nsetxattr s user.{raw} v\nlistxattr s\nupper\nsnapshot {raw}\nrestore {raw}\nrestore n{raw}\nundo\n{raw}\nchmod x {raw}\nstat {raw}\n\"{raw}\n";
        AssertPlain(Tool.RunForBytes(lines, ["simulate", "shell", "--layers", _tree["layers"], .. options]), "PLANTED");

        _tree.WithFile("layers", $"l0 {raw} d\n");
        AssertPlain(Tool.RunForBytes("", ["simulate", "shell", "--layers", _tree["layers"], .. options]), "PLANTED");
    }

    private static string[] Section(string help, string heading) =>
        [.. help.Split('\n').SkipWhile(line => line != heading).Skip(1).TakeWhile(static line => line.Length > 0).Where(static line => line is [' ', ' ', not ' ', ..]).Select(static line => line.Trim())];

    /// <summary>What was written is text, in lines that the tool began, and is there. A quoted word of a script holds newlines as they are.</summary>
    private static void AssertPlain(ToolRun run, string expected = "")
    {
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Output + run.Error, StringComparison.Ordinal);
        bool isScript = run.Output.StartsWith("#!/bin/sh\n", StringComparison.Ordinal);
        foreach (string output in (string[])[run.Output, run.Error])
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Encoding.Latin1.GetBytes(output));
            foreach (string line in text.Split('\n'))
            {
                Assert.DoesNotContain(line.EnumerateRunes(), rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
                Assert.True(isScript || !line.StartsWith("PLANTED", StringComparison.Ordinal), output);
            }
        }
    }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Placeholder();

    [GeneratedRegex("^(-[-a-z]+)(?:, -[-a-z]+)* <")]
    private static partial Regex ValuedOption();
}
