using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Listings;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary><c>overlay2 config set-driver</c>, which keeps no journal: daemon.json is the old or the new file, whole, with its mode, and the next try
/// succeeds and leaves nothing of the one before but what ConfigurationFile says.</summary>
internal sealed class SetDriverScenario(string scratch) : Scenario(scratch)
{
    public const string Name = "set-driver";

    private const string Old = "{ \"debug\" : true }";
    private const string New = "{ \"debug\" : true, \"storage-driver\" : \"overlay2\" }";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private string Host => $"{Scratch}/host";

    private string Settings => $"{Host}/etc/docker/daemon.json";

    private ImmutableArray<string> Words => ["config", "set-driver", "overlay2", "--root", Host];

    public override void Run(Tool tool, Tally tally, Extent extent)
    {
        Build();
        ImmutableArray<string> calls = tool.RunWell(Words).Calls;
        IReadOnlyList<string> after = Listing.WithoutLeftOvers(TreeListing.Of(Host));
        tally.Add(TallyColumn.ApplyCalls, calls.Length);
        for (int at = 1; at <= calls.Length; at++)
        {
            Try(new Fault(FaultKind.KillBefore, at));
            if (calls[at - 1] == "write")
                Try(new Fault(FaultKind.WriteHalf, at));
            foreach (Errno error in (ReadOnlySpan<Errno>)[Errno.ENOSPC, Errno.EIO, Errno.EROFS, Errno.EACCES, Errno.EPERM])
            {
                Try(new Fault(FaultKind.Fail, at, error));
                Try(new Fault(FaultKind.FailFrom, at, error));
            }
        }

        Try(new Fault(FaultKind.KillAfter, calls.Length));

        void Try(Fault fault)
        {
            try
            {
                TryOne(tool, tally, fault, after);
            }
            catch (CrashFailure e)
            {
                tally.Failures.Add(string.Create(CultureInfo.InvariantCulture, $"{fault.Kind} call {fault.Call} ({calls[(int)fault.Call - 1]}) {fault.Error}: {e.Message}"));
            }
        }
    }

    private void TryOne(Tool tool, Tally tally, Fault fault, IReadOnlyList<string> after)
    {
        Build();
        ToolRun run = tool.Run(fault, Words);
        string content = File.ReadAllText(Settings);
        if (content is not (Old or New) || File.GetUnixFileMode(Settings) != Mode)
            throw new CrashFailure($"the file is neither the old nor the new one: {File.GetUnixFileMode(Settings)} {content}");
        if (!fault.Error.IsError)
        {
            if (!run.IsKilled)
                throw new CrashFailure($"it is not killed: {run}");
            tally.Add(TallyColumn.Kills);
            tally.Add(content == Old ? TallyColumn.Unbegun : TallyColumn.Resumed);
        }
        else
        {
            tally.Add(TallyColumn.Errors);
            if (!run.IsOrderly || (!run.IsGood && !run.Output.Contains(fault.Error.ToString(), StringComparison.Ordinal)))
                throw new CrashFailure($"no orderly end, or it does not name the error: {run}");
            if (run.IsGood && content != New)
                throw new CrashFailure("it says that it is done, and the file is the old one");
            if (!run.IsGood)
                tally.Add(TallyColumn.Stopped);
            if (content == Old)
                tally.Add(TallyColumn.Unchanged);
        }

        tool.RunWell(Words);
        Listing.Expect(after, Listing.WithoutLeftOvers(TreeListing.Of(Host)), "the next try does not leave what an undisturbed one leaves");
    }

    private void Build()
    {
        if (Directory.Exists(Host))
            Directory.Delete(Host, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(Settings)!);
        File.WriteAllText(Settings, Old);
        File.SetUnixFileMode(Settings, Mode);
    }
}
