using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Reads mountinfo lines from a pipe: a recording on its way, standard input, a socket.</summary>
/// <remarks>
/// <para>The lines may be cut anywhere; the answers are those of <see cref="MountInfoReader"/> on the whole text. Memory is bounded
/// by the longest line and by what the pipe hands over at once. For a file of /proc use <see cref="MountTable.Load"/>: it never waits.</para>
/// <para>Not thread-safe, and to be used once. The pipe is left for the caller to complete.</para>
/// </remarks>
public sealed class MountInfoPipeReader
{
    private readonly PipeReader _input;

    /// <summary>A reader of this pipe.</summary>
    /// <param name="input">The pipe; nobody else may read it meanwhile.</param>
    public MountInfoPipeReader(PipeReader input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
    }

    /// <summary>The longest allowed line in bytes, without its newline; default 16 MiB. A longer one ends the reading.</summary>
    public int MaxLineLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Array.MaxLength);
            field = value;
        }
    } = 16 << 20;

    /// <summary>Gets the bad lines, which are then passed over; if not set, a bad line ends the reading with an exception.</summary>
    public Action<MountInfoError>? OnBadLine { get; init; }

    /// <summary>Hands over each line, without copying it unless the pipe has it in pieces.</summary>
    /// <param name="handler">Gets the lines. What it throws ends the reading.</param>
    /// <param name="cancellationToken">Ends the waiting for the pipe.</param>
    /// <exception cref="MountInfoFormatException">A line is too long, or it is bad and <see cref="OnBadLine"/> is not set; the
    /// position is that in the whole text.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, by the token or by <see cref="PipeReader.CancelPendingRead"/>.</exception>
    public async Task ReadAsync(MountInfoHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        using var lines = new WholeLines(MaxLineLength);
        bool completed = false;
        while (!completed)
        {
            ReadResult result = await ReadInputAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    ReadOnlyMemory<byte> rest = segment;
                    while (!rest.IsEmpty && lines.TryTake(ref rest, out ReadOnlyMemory<byte> run))
                        Handle(lines, run.Span, handler);
                }
            }
            finally
            {
                Advance(result);
            }

            completed = result.IsCompleted;
        }

        if (lines.TryTakeRest(out ReadOnlyMemory<byte> last))
            Handle(lines, last.Span, handler);
    }

    /// <summary>Gives each line as an entry that can be kept.</summary>
    /// <param name="cancellationToken">Ends the waiting for the pipe.</param>
    /// <exception cref="MountInfoFormatException">A line is too long, or it or one of its numbers is bad and <see cref="OnBadLine"/>
    /// is not set; the position is that in the whole text.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, by the token or by <see cref="PipeReader.CancelPendingRead"/>.</exception>
    public async IAsyncEnumerable<MountEntry> ReadEntriesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var lines = new WholeLines(MaxLineLength);
        var entries = new List<MountEntry>();
        MountInfoFormatException? bad = null;
        bool completed = false;
        while (!completed)
        {
            ReadResult result = await ReadInputAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                completed = result.IsCompleted;
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    ReadOnlyMemory<byte> rest = segment;
                    while (!rest.IsEmpty && lines.TryTake(ref rest, out ReadOnlyMemory<byte> run))
                        Collect(lines, run.Span, entries);
                }

                if (completed && lines.TryTakeRest(out ReadOnlyMemory<byte> last))
                    Collect(lines, last.Span, entries);
            }
            catch (MountInfoFormatException e)
            {
                // First the good lines before it.
                bad = e;
            }
            finally
            {
                Advance(result);
            }

            foreach (MountEntry entry in entries)
                yield return entry;
            entries.Clear();
            if (bad is not null)
                throw new MountInfoFormatException(bad.Error);
        }
    }

    private async ValueTask<ReadResult> ReadInputAsync(CancellationToken cancellationToken)
    {
        ReadResult result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!result.IsCanceled)
            return result;

        _input.AdvanceTo(result.Buffer.Start);
        throw new OperationCanceledException("The read of the pipe was cancelled.");
    }

    private void Advance(in ReadResult result)
    {
        // At the end there may be nothing, and a pipe over an empty sequence refuses even its own position.
        if (!result.Buffer.IsEmpty || !result.IsCompleted)
            _input.AdvanceTo(result.Buffer.End);
    }

    private void Handle(WholeLines lines, ReadOnlySpan<byte> run, MountInfoHandler handler)
    {
        MountInfoReader reader = new(run, lines.LinesBefore, lines.BytesBefore);
        int count = 0;
        MountInfoStatus status;
        while ((status = reader.TryRead()) != MountInfoStatus.End)
        {
            count++;
            if (status == MountInfoStatus.Entry)
                handler(in reader);
            else
                ReportBad(reader.Error);
        }

        lines.Handled(count, run.Length);
    }

    private void Collect(WholeLines lines, ReadOnlySpan<byte> run, List<MountEntry> entries)
    {
        // One copy for the whole run, of which the entries keep slices.
        byte[] text = run.ToArray();
        MountInfoReader reader = new(text, lines.LinesBefore, lines.BytesBefore);
        int count = 0;
        MountInfoStatus status;
        while ((status = reader.TryRead()) != MountInfoStatus.End)
        {
            count++;
            MountInfoError error = reader.Error;
            if (status == MountInfoStatus.Entry
                && MountEntry.TryCreate(reader, text, index: -1, lines.LinesBefore + count, out MountEntry? entry, out error))
            {
                entries.Add(entry);
            }
            else
            {
                ReportBad(error);
            }
        }

        lines.Handled(count, run.Length);
    }

    private void ReportBad(MountInfoError error)
    {
        if (OnBadLine is null)
            throw new MountInfoFormatException(error);
        OnBadLine(error);
    }
}
