using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Journal;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Writes a journal with any lines, as the program itself would have: otherwise the first sum would end every try.</summary>
internal static class SealedJournal
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes it with the sums; what is no line is left out.</summary>
    /// <param name="directory">Where; what is there is overwritten.</param>
    /// <param name="plan">The file of the plan.</param>
    /// <param name="steps">How many steps it has.</param>
    /// <param name="lines">The lines without their sums and without the first.</param>
    public static BytePath Write(string directory, byte[] plan, int steps, ReadOnlySpan<byte> lines)
    {
        using SafeFileHandle file = Make(directory, plan);
        JournalEntry entry = new JournalEntry(JournalEntryKind.Begun, -1, DateTimeOffset.UnixEpoch, RepairJournal.Identify(file)).After(JournalEntry.Start(plan));
        using var text = new MemoryStream();
        Append(text, entry);
        foreach (Range range in lines.Split((byte)'\n'))
        {
            if (Read(lines[range]) is { } next && next.Step < steps && next.Step >= -1 && Enum.IsDefined(next.Kind))
                Append(text, entry = next.After(entry.Chain!));
        }

        RandomAccess.Write(file, text.ToArray(), 0);
        return BytePath.FromText(directory);
    }

    /// <summary>Writes these very bytes.</summary>
    public static BytePath WriteRaw(string directory, byte[] plan, ReadOnlySpan<byte> lines)
    {
        using SafeFileHandle file = Make(directory, plan);
        RandomAccess.Write(file, lines, 0);
        return BytePath.FromText(directory);
    }

    /// <summary>The lines of a real journal as <see cref="Write"/> takes them.</summary>
    public static byte[] Strip(ReadOnlySpan<byte> journal)
    {
        using var text = new MemoryStream();
        foreach (Range range in journal.Split((byte)'\n'))
        {
            if (Read(journal[range]) is { } entry && entry.Kind != JournalEntryKind.Begun)
                Append(text, entry with { Chain = null });
        }

        return text.ToArray();
    }

    private static void Append(MemoryStream text, JournalEntry entry)
    {
        text.Write(JsonSerializer.SerializeToUtf8Bytes(entry, RepairJsonContext.Default.JournalEntry));
        text.WriteByte((byte)'\n');
    }

    private static JournalEntry? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RepairJsonContext.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SafeFileHandle Make(string directory, byte[] plan)
    {
#pragma warning disable CA1416 // The library is for Linux.
        Directory.CreateDirectory(directory, Owner | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        using (FileStream file = Create($"{directory}/plan.json"))
            file.Write(plan);
        using (Create($"{directory}/journal.jsonl"))
        {
        }

        return File.OpenHandle($"{directory}/journal.jsonl", access: FileAccess.Write);
    }

#pragma warning disable CA1416 // The library is for Linux.
    private static FileStream Create(string path) => new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Owner });
#pragma warning restore CA1416
}
