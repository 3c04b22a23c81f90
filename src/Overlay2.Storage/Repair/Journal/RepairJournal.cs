using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Journal;

/// <summary>What a run of a plan did, on disk before and after each step: a directory with the plan and a file of lines.</summary>
/// <remarks>
/// Each line and the names in the directory are on disk before the run goes on. A line that a crash cut off tells nothing: what it
/// would have told is found out from the machine. One open journal at a time holds the lock.
/// </remarks>
internal sealed class RepairJournal : IDisposable
{
    private const int MaxPlanLength = 16 << 20;
    private const int MaxLength = 64 << 20;
    private const uint DirectoryMode = 0x1C0; // 0700
    private const int MostTries = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private static readonly BytePath s_plan = BytePath.FromText("plan.json");
    private static readonly BytePath s_lines = BytePath.FromText("journal.jsonl");

    private readonly SafeFileHandle _file;
    private readonly TimeProvider _time;
    private readonly List<JournalEntry> _entries;

    private RepairJournal(BytePath directory, RepairPlan plan, SafeFileHandle file, List<JournalEntry> entries, TimeProvider time)
    {
        _time = time;
        Directory = directory;
        Plan = plan;
        _file = file;
        _entries = entries;
    }

    public BytePath Directory { get; }

    public RepairPlan Plan { get; }

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Starts a journal in a directory, which is made; one that has a journal is refused.</summary>
    public static RepairJournal Create(BytePath path, RepairPlan plan, TimeProvider time)
    {
        Errno error = LibC.MakeDirectory(path.Span, DirectoryMode);
        if (error.IsError && error != Errno.EEXIST)
            throw Fail(path, error);
        if (!LibC.TryOpen(path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out error))
            throw Fail(path, error);
        using SafeFileHandle directory = opened;
        if (LibC.TryStatx(directory, s_lines.Span, AtFlags.NoFollow, StatusMask.Basic, out _, out _))
            throw new RepairJournalException($"{path} already holds a journal: resume it, roll it back, or name another directory.");

        // The plan first: a directory without the file of lines was never begun.
        using (SafeFileHandle file = OpenAt(directory, path, s_plan, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow))
            Write(file, path, plan.ToJson());
        SafeFileHandle lines = OpenAt(directory, path, s_lines, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.Append);
        error = LibC.Synchronize(directory);
        if (!error.IsError)
            error = Lock(lines);
        if (error.IsError)
        {
            lines.Dispose();
            throw Fail(path, error);
        }

        return new RepairJournal(path, plan, lines, [], time);
    }

    /// <summary>Opens the journal of an earlier run.</summary>
    public static RepairJournal Open(BytePath path, TimeProvider time)
    {
        if (!LibC.TryOpen(path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out Errno error))
            throw Fail(path, error);
        using SafeFileHandle directory = opened;
        RepairPlan plan;
        using (SafeFileHandle file = OpenAt(directory, path, s_plan, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock))
            plan = RepairPlan.Parse(Read(file, path, MaxPlanLength));
        List<JournalEntry> entries = [];
        bool isTorn;
        using (SafeFileHandle file = OpenAt(directory, path, s_lines, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock))
        {
            byte[] text = Read(file, path, MaxLength);
            isTorn = text.Length > 0 && text[^1] != (byte)'\n';
            foreach (Range range in text.AsSpan().Split((byte)'\n'))
            {
                if (TryParse(text.AsSpan()[range], plan.Steps.Length) is { } entry)
                    entries.Add(entry);
            }
        }

        SafeFileHandle lines = OpenAt(directory, path, s_lines, OpenFlags.WriteOnly | OpenFlags.NoFollow | OpenFlags.Append);
        error = Lock(lines);
        if (!error.IsError && isTorn)
            error = LibC.WriteAll(lines, "\n"u8);
        if (!error.IsError)
            return new RepairJournal(path, plan, lines, entries, time);
        lines.Dispose();
        throw error == Errno.EAGAIN ? new RepairJournalException($"{path}: another run uses the journal.") : Fail(path, error);
    }

    /// <summary>Writes a line, to disk.</summary>
    /// <exception cref="RepairJournalException">It is not certain that the line is on disk.</exception>
    public void Note(JournalEntryKind kind, int step, string text = "")
    {
        var entry = new JournalEntry(kind, step, _time.GetUtcNow(), text);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, RepairJsonContext.Default.JournalEntry), (byte)'\n'];
        Write(_file, Directory, line);
        _entries.Add(entry);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Takes the lock. A process that is just being started by somebody holds the files of this one, and their locks, for a moment.</summary>
    private static Errno Lock(SafeFileHandle file)
    {
        Errno error = LibC.TryLock(file);
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            Thread.Sleep(s_pause);
            error = LibC.TryLock(file);
        }

        return error;
    }

    private static JournalEntry? TryParse(ReadOnlySpan<byte> line, int steps)
    {
        if (line.IsEmpty)
            return null;
        try
        {
            JournalEntry? entry = JsonSerializer.Deserialize(line, RepairJsonContext.Default.JournalEntry);
            return entry is { Step: >= -1 } && entry.Step < steps && Enum.IsDefined(entry.Kind) ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SafeFileHandle OpenAt(SafeFileHandle directory, BytePath path, BytePath name, int flags)
    {
        if (LibC.TryOpenAt(directory, name.Span, flags, out SafeFileHandle file, out Errno error))
            return file;
        file.Dispose();
        throw Fail(path.Combine(name), error);
    }

    private static byte[] Read(SafeFileHandle file, BytePath path, int maxLength) =>
        BoundedFile.TryRead(file, maxLength, out byte[] content, out Errno error) ? content : throw Fail(path, error);

    private static void Write(SafeFileHandle file, BytePath path, ReadOnlySpan<byte> content)
    {
        Errno error = LibC.WriteAll(file, content);
        if (!error.IsError)
            error = LibC.Synchronize(file);
        if (error.IsError)
            throw Fail(path, error);
    }

    private static RepairJournalException Fail(BytePath path, Errno error) => new($"{path}: {error}");
}
