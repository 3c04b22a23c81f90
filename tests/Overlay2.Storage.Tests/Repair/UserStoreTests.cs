using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Stores in which others than root decide what is there: looked at, planned only when that is wished, and never written to by root.</summary>
[SupportedOSPlatform("linux")]
public sealed class UserStoreTests : IDisposable
{
    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("true", null)]
    [InlineData("chown 65534 docker", "docker is of user 65534")]
    [InlineData("chown 65534 .", " is of user 65534")]
    [InlineData("chown 65534 docker/overlay2", "docker/overlay2 is of user 65534")]
    [InlineData("chmod 775 .", " may be written by others than root")]
    [InlineData("chmod 1777 .", null)]
    [InlineData("chmod 1777 docker", null)]
    [InlineData("chmod 777 docker", "docker may be written by others than root")]
    [InlineData("chown 65534 docker/image", null)]
    public async Task A_store_is_a_users_where_another_than_root_decides_what_is_there(string change, string? outsider)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: directories of several users.");
        Change(change);

        DiagnosisReport report = await _store.Diagnose();
        string? found = report.Snapshot.StorePlaces.Value.Single().Outsider;
        Assert.Equal(outsider is null, found is null);
        Assert.EndsWith(outsider ?? "", found ?? "", StringComparison.Ordinal);
        string[] sentences = [.. report.Scope.Foreign.Where(sentence => sentence.StartsWith(_store.Root, StringComparison.Ordinal))];
        Assert.Equal(found is null ? [] : [$"{_store.Root} is a store of a user: {found}."], sentences);
        Assert.Equal(found is not null, report.ToMarkdown().Contains("is a store of a user", StringComparison.Ordinal));
        Assert.Equal(found is not null, Encoding.UTF8.GetString(report.ToJson()).Contains("is a store of a user", StringComparison.Ordinal));
        using var file = new MemoryStream();
        report.Snapshot.Save(file);
        file.Position = 0;
        Assert.Equal(found, StorageSnapshot.Load(file).StorePlaces.Value.Single().Outsider);
        Assert.DoesNotContain(_store.Root, report.Snapshot.Redact().StorePlaces.Value.Single().Outsider ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_planned_where_it_is_named_or_users_are_included()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: directories of several users.");
        new StoreDamage(_store.Root).Make("several");
        Change("chown 65534 docker");
        DiagnosisReport named = await _store.Diagnose();
        StorageSnapshot found = named.Snapshot with { StorePlaces = SnapshotPart.Known(named.Snapshot.StorePlaces.Value.Select(place => place with { Origin = StorePlaceOrigin.Usual }).ToImmutableArray()) };
        DiagnosisReport unnamed = new StorageDiagnoser().Diagnose(found, cancellationToken: Token);

        RepairPlan plan = RepairPlanner.Plan(named, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(plan.Steps);
        RepairPlan without = RepairPlanner.Plan(unnamed, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(without.Steps);
        Assert.Empty(without.Alternatives);
        Assert.Contains(without.Refusals, refusal => refusal.Reason == $"it is about a store of a user ({_store.Root} is of user 65534), and the policy leaves alone those that are not named");
        RepairPlan with = RepairPlanner.Plan(unnamed, new RepairPolicy { IncludeUsers = true }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(plan.Steps.Length, with.Steps.Length);
        Assert.True(RepairPlan.Parse(with.ToJson()).Policy.IncludeUsers);
    }

    [Fact]
    public async Task Root_never_writes_in_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: directories of several users.");
        new StoreDamage(_store.Root).Make("several");
        RepairPlan plan = await _store.Plan();
        Change("chown 65534 docker");
        string[] before = _store.Listing();
        var executor = new RepairExecutor(_store.Host);

        foreach (RepairOutcome outcome in (RepairOutcome[])[await executor.DryRunAsync(plan, Token), await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token)])
        {
            Assert.Equal(RepairOutcomeStatus.Refused, outcome.Status);
            Assert.StartsWith($"{_store.Root} is a store of a user ({_store.Root} is of user 65534), in which nothing is written", outcome.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(before, _store.Listing());
        Change("chown 0 docker");
        RepairOutcome done = await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);
        Assert.True(done.Status == RepairOutcomeStatus.Succeeded, done.Reason);

        // Nor does it undo there what was done while it was root's.
        before = _store.Listing();
        Change("chown 65534 docker");
        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.RollbackAsync(_store.LastJournal, cancellationToken: Token)).Status);
        Assert.Equal(before, _store.Listing());
        Change("chown 0 docker");
    }

    private void Change(string script) => Assert.Equal(0, _store.Shell($"cd '{_store.Root}/..'; {script}").ExitCode);
}
