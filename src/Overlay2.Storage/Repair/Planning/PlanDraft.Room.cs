using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair.Planning;

/// <content>What a plan may hold: what <see cref="RepairPlan.Parse"/> reads, and no more.</content>
internal sealed partial class PlanDraft
{
    /// <summary>For what every plan has, and what is said of that which has no room.</summary>
    private const int Reserve = 1 << 20;

    private const string NoRoom = "the plan has no room for its steps: carry it out and plan anew for the rest, or plan for fewer findings or stores";
    private const string Untold = "for their reasons the plan has no room: carry it out and plan anew, or plan for findings with this id alone";
    private const string TooMany = "all that is found has no room in a plan: plan for one store at a time";

    private readonly ArrayBufferWriter<byte> _measured = new();
    private readonly SortedDictionary<string, int> _untold = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _known;
    private long _room;
    private long _refusalRoom;

    /// <summary>The plan without what is still to come.</summary>
    private RepairPlan Frame { get; }

    /// <summary>Notes that nothing is planned about a finding; of too many such, only how many they are.</summary>
    public void Refuse(Finding finding, string reason)
    {
        var refusal = new RepairRefusal(finding.Id, finding.Subject.ToString(), reason);
        long length = LengthOf(refusal, RepairJsonContext.Default.RepairRefusal);
        if (length > _refusalRoom)
        {
            _untold[finding.Id] = _untold.GetValueOrDefault(finding.Id) + 1;
            return;
        }

        _refusalRoom -= length;
        _refusals.Add(refusal);
    }

    /// <summary>Notes another way, if a plan can have it.</summary>
    public void Offer(RepairCourse course)
    {
        RepairPlan chosen = Frame with { Policy = Policy with { MaxRisk = course.Risk > Policy.MaxRisk ? course.Risk : Policy.MaxRisk } };
        long length = LengthOf(course, RepairJsonContext.Default.RepairCourse);
        if (length > _room || course.Steps.Any(step => PlanRules.FindFault(chosen, step) is not null))
            return;
        _room -= length;
        _alternatives.Add(course);
    }

    /// <exception cref="ArgumentException">No plan can be made with these.</exception>
    private RepairPlan CreateFrame(RepairPolicy policy)
    {
        var frame = new RepairPlan
        {
            HostId = Part(Report.Snapshot.HostId),
            BootId = Part(Report.Snapshot.BootId),
            Policy = policy,
            Diagnosis = Report.Options,
            Goals = [],
            Steps = [],
            Alternatives = [],
            Refusals = [],
            KnownFindings = [],
            SuspendedRules = [.. Report.Suspended.Select(rule => rule.RuleId).Distinct(StringComparer.Ordinal)],
        };
        try
        {
            PlanRules.Check(frame);
        }
        catch (RepairPlanException e)
        {
            throw new ArgumentException(e.Message, nameof(policy), e);
        }

        return frame;
    }

    private static IEnumerable<string> Keys(IEnumerable<Finding> findings) =>
        findings.Select(finding => RepairExecutor.KnownKey(finding.Id, finding.CauseKey)).Distinct(StringComparer.Ordinal);

    /// <summary>The most bytes that a part has in the JSON of a plan, where it stands deeper than alone.</summary>
    private long LengthOf<T>(T part, JsonTypeInfo<T> type)
    {
        const int Deeper = 8;
        _measured.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_measured, new JsonWriterOptions { Indented = true }))
            JsonSerializer.Serialize(writer, part, type);
        return _measured.WrittenCount + ((_measured.WrittenSpan.Count((byte)'\n') + 2L) * Deeper);
    }
}
