using System.Security.Cryptography;
using System.Text.Json;

namespace Overlay2.Storage.Repair.Journal;

/// <summary>A line of a journal.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Step">The step's place in the plan, from 0; -1 for the run as a whole.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Text">What a later run has to know of the moment before a step, or the reason of a failure; empty otherwise.</param>
internal sealed record JournalEntry(JournalEntryKind Kind, int Step, DateTimeOffset Time, string Text)
{
    /// <summary>The SHA-256, in hexadecimal digits, of that of the line before and of this line without it. Before the first line comes the plan.</summary>
    public string? Chain { get; init; }

    /// <summary>The same line behind another.</summary>
    /// <param name="before">The other line's <see cref="Chain"/>, or for the first line what <see cref="Start"/> gives.</param>
    public JournalEntry After(string before)
    {
        JournalEntry bare = this with { Chain = null };
        return this with { Chain = Convert.ToHexStringLower(SHA256.HashData([.. Convert.FromHexString(before), .. JsonSerializer.SerializeToUtf8Bytes(bare, RepairJsonContext.Default.JournalEntry)])) };
    }

    /// <summary>What the first line of the journal of a plan comes behind.</summary>
    /// <param name="plan">The file that holds the plan.</param>
    public static string Start(ReadOnlySpan<byte> plan) => Convert.ToHexStringLower(SHA256.HashData(plan));
}
