using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Journal;

/// <summary>What a run of a plan did, on disk before and after each step: a directory with the plan and a file of lines.</summary>
/// <remarks>
/// Each line and the names in the directory are on disk before the run goes on. A line that a crash cut off tells nothing: what it
/// would have told is found out from the machine. Each line holds a sum of all before it and of the plan, so that damage is seen; that it was
/// written by this program is known by the directory alone, which nobody else can write in. One open journal at a time holds the lock.
/// </remarks>
internal sealed class RepairJournal : IDisposable
{
    private const int MaxLength = 64 << 20;
    private const int MarkLength = 16;

    private readonly SafeFileHandle _file;
    private readonly TimeProvider _time;
    private readonly List<JournalEntry> _entries = [];
    private string _chain;
    private long _length;
    private bool _isBroken;

    private RepairJournal(BytePath directory, RepairPlan plan, string start, SafeFileHandle file, TimeProvider time)
    {
        _time = time;
        Directory = directory;
        Plan = plan;
        _file = file;
        _chain = start;
    }

    public BytePath Directory { get; }

    public RepairPlan Plan { get; }

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>A mark of the run for the names of what it makes beside others: nobody else can know it beforehand, and a later run finds by it what was left.</summary>
    public string Mark => _entries[0].Text.Split(' ') is [.., { Length: MarkLength } mark] && mark.All(char.IsAsciiHexDigitLower) ? mark : "storage";

    private static ReadOnlySpan<byte> PlanName => "plan.json"u8;

    private static ReadOnlySpan<byte> LinesName => "journal.jsonl"u8;

    /// <summary>The name of the lines until the first of them is on disk: without the other name, nothing was begun.</summary>
    private static ReadOnlySpan<byte> NewLinesName => "journal.new"u8;

    /// <summary>Starts a journal in a directory, which is made with those above it; one that holds anything is refused.</summary>
    public static RepairJournal Create(BytePath path, RepairPlan plan, TimeProvider time)
    {
        using PrivateDirectory directory = PrivateDirectory.Make(path);
        directory.Empty(PlanName, NewLinesName);
        byte[] text = plan.ToJson();
        using (SafeFileHandle file = directory.Create(PlanName, OpenFlags.WriteOnly))
            Write(file, directory.Path, text);
        SafeFileHandle lines = directory.Create(NewLinesName, OpenFlags.ReadWrite | OpenFlags.Append);
        var journal = new RepairJournal(directory.Path, plan, JournalEntry.Start(text), lines, time);
        try
        {
            journal.Lock();
            journal.Note(JournalEntryKind.Begun, -1, $"{Identify(lines)} {RandomNumberGenerator.GetHexString(MarkLength, lowercase: true)}");
            directory.Rename(NewLinesName, LinesName);
        }
        catch
        {
            journal.Dispose();
            throw;
        }

        return journal;
    }

    /// <summary>Opens the journal of an earlier run.</summary>
    public static RepairJournal Open(BytePath path, TimeProvider time)
    {
        using PrivateDirectory directory = PrivateDirectory.Open(path);
        byte[] text;
        using (SafeFileHandle file = directory.OpenFile(PlanName, OpenFlags.ReadOnly))
            text = Read(file, directory.Path, RepairPlan.MaxLength);
        SafeFileHandle lines = directory.OpenFile(LinesName, OpenFlags.ReadWrite | OpenFlags.Append);
        try
        {
            var journal = new RepairJournal(directory.Path, RepairPlan.Parse(text), JournalEntry.Start(text), lines, time);
            journal.Lock();
            journal.Load();
            return journal;
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    /// <summary>Writes a line, to disk.</summary>
    /// <exception cref="RepairJournalException">It is not certain that the line is on disk.</exception>
    public void Note(JournalEntryKind kind, int step, string text = "")
    {
        if (_isBroken)
            throw new RepairJournalException($"{Directory}: an earlier line could not be written.");
        JournalEntry entry = new JournalEntry(kind, step, _time.GetUtcNow(), text).After(_chain);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, RepairJsonContext.Default.JournalEntry), (byte)'\n'];
        try
        {
            Write(_file, Directory, line);
        }
        catch (RepairJournalException)
        {
            // Nothing may come behind half a line, or behind one that nobody was told of.
            _isBroken = true;
            LibC.Truncate(_file, _length);
            throw;
        }

        _length += line.Length;
        Take(entry);
    }

    public void Dispose() => FileLock.Release(_file);

    private void Take(JournalEntry entry)
    {
        _entries.Add(entry);
        _chain = entry.Chain!;
    }

    private void Load()
    {
        ReadOnlySpan<byte> text = Read(_file, Directory, MaxLength);
        int end = text.LastIndexOf((byte)'\n') + 1;
        foreach (Range range in text[..end].Split((byte)'\n'))
        {
            if (text[range] is { IsEmpty: false } line)
                Take(TryParse(line) ?? throw new RepairJournalException(string.Create(CultureInfo.InvariantCulture, $"{Directory}: line {_entries.Count + 1} of the journal is damaged.")));
        }

        if (_entries is not [{ Kind: JournalEntryKind.Begun } begun, ..])
            throw new RepairJournalException($"{Directory}: the journal does not begin with its first line.");
        if (!$"{begun.Text} ".StartsWith($"{Identify(_file)} ", StringComparison.Ordinal))
            throw new RepairJournalException($"{Directory}: the journal is a copy; only the one that was written tells what was done.");
        _length = end;
        if (end < text.Length && LibC.Truncate(_file, end) is { IsError: true } error)
            throw PrivateDirectory.Fail(Directory, error);
    }

    /// <summary>Which file the lines are in: a copy is another one.</summary>
    internal static string Identify(SafeFileHandle file) => LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out Errno error)
        ? string.Create(CultureInfo.InvariantCulture, $"{status.DeviceMajor}:{status.DeviceMinor} {status.Inode}")
        : throw PrivateDirectory.Fail(BytePath.FromText("journal"), error);

    private void Lock()
    {
        Errno error = FileLock.Take(_file);
        if (error.IsError)
            throw error == Errno.EAGAIN ? new RepairJournalException($"{Directory}: another run uses the journal.") : PrivateDirectory.Fail(Directory, error);
    }

    private JournalEntry? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            JournalEntry? entry = JsonSerializer.Deserialize(line, RepairJsonContext.Default.JournalEntry);
            return entry is { Step: >= -1 } && entry.Step < Plan.Steps.Length && Enum.IsDefined(entry.Kind) && entry.After(_chain).Chain == entry.Chain ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Read(SafeFileHandle file, BytePath path, int maxLength) =>
        BoundedFile.TryRead(file, maxLength, out byte[] content, out Errno error) ? content : throw PrivateDirectory.Fail(path, error);

    private static void Write(SafeFileHandle file, BytePath path, ReadOnlySpan<byte> content)
    {
        Errno error = LibC.WriteAll(file, content);
        if (!error.IsError)
            error = LibC.Synchronize(file);
        if (error.IsError)
            throw PrivateDirectory.Fail(path, error);
    }
}
