using System.Security.Cryptography;
using System.Text.Json;

namespace Overlay2.Storage.Repair;

public sealed partial record RepairPlan
{
    /// <summary>The most bytes that <see cref="Parse"/> reads: 64 MiB. The planner refuses what has no room in that.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>The plan as JSON in UTF-8 with <c>"formatVersion":1</c> and a digest that tells whether somebody changed it.</summary>
    public byte[] ToJson()
    {
        var file = new PlanFile(CurrentFormatVersion, Digest(), this);
        return JsonSerializer.SerializeToUtf8Bytes(file, RepairJsonContext.Indented.PlanFile);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote, and checks it: nothing else is a plan.</summary>
    /// <param name="json">The text; any bytes.</param>
    /// <exception cref="RepairPlanException">It is no plan, of another version, was changed, or breaks a rule that every plan keeps.</exception>
    public static RepairPlan Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxLength)
            throw new RepairPlanException($"The plan is longer than {MaxLength} bytes.");
        PlanFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, RepairJsonContext.Default.PlanFile) ?? throw new RepairPlanException("The plan is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new RepairPlanException($"This is no plan: {e.Message}", e);
        }

        if (file.FormatVersion != CurrentFormatVersion)
            throw new RepairPlanException($"The plan has format version {file.FormatVersion}; this library reads {CurrentFormatVersion}.");
        PlanRules.Check(file.Plan);
        if (file.Plan.Digest() != file.Digest)
            throw new RepairPlanException("The plan was changed after it was made: its digest does not fit.");
        return file.Plan;
    }

    internal string Digest() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, RepairJsonContext.Default.RepairPlan)));
}
