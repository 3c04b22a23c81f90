using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Programs;

/// <summary>One run of a program: a session of its own in the root directory, an environment and three streams that are known, an end in any case.</summary>
internal sealed class ProgramRun
{
    private const int PauseMilliseconds = 20;

    private const string Taken = "what it ended with is not known: another part of this process took it, as the runtime does in the first process of a namespace (before Linux 6.15; run it below an init there)";

    /// <summary>A child that outlives its program, such as an engine, may keep the streams open for ever.</summary>
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(1);

    /// <summary>The file that is run.</summary>
    public required BytePath File { get; init; }

    /// <summary>The words of its command line; the first is what it is called.</summary>
    public required ImmutableArray<ByteString> Words { get; init; }

    /// <summary>Its whole environment.</summary>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    /// <summary>How much of its output, and of its errors, is kept.</summary>
    public required int MostOutputBytes { get; init; }

    /// <summary>Measures how long it runs.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Runs it.</summary>
    /// <param name="limit">After this time it is ended, with its process group.</param>
    /// <param name="cancellationToken">Ends it, with its process group.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the program has ended.</exception>
    public Task<ProgramEnd> RunAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(limit, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ProgramEnd Run(TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long start = Time.GetTimestamp();
        Errno error = Start(out int processId, out SafeFileHandle outputs, out SafeFileHandle errors);
        using BoundedOutput output = new(outputs, MostOutputBytes);
        using BoundedOutput said = new(errors, MostOutputBytes);
        if (error.IsError)
            return new ProgramEnd(-1, "", $"{File} cannot be started: {error}");

        LibC.TryOpenProcess(processId, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        bool isCut = false;
        int exitCode;
        while (!LibC.TryTakeEnd(processId, out exitCode))
        {
            if (!isCut && (cancellationToken.IsCancellationRequested || Time.GetElapsedTime(start) >= limit))
            {
                isCut = true;
                LibC.KillGroup(processId);
            }

            Listen(output, said);
        }

        long end = Time.GetTimestamp();
        while ((output.IsOpen || said.IsOpen) && !isCut && Time.GetElapsedTime(end) < s_last)
            Listen(output, said);
        // The runtime takes the end of every child where this is the first process of its namespace, as the entry point of a container.
        bool isTaken = exitCode < 0 && !LibC.TryReadEnd(process, out exitCode);
        if (isCut)
            cancellationToken.ThrowIfCancellationRequested();
        return isCut
            ? new ProgramEnd(-1, output.ToString(), string.Create(CultureInfo.InvariantCulture, $"it did not end within {limit.TotalSeconds} s and was ended, with its children; {said}"))
            : new ProgramEnd(exitCode, output.ToString(), isTaken ? $"{Taken}; {said}" : said.ToString());
    }

    private static void Listen(BoundedOutput output, BoundedOutput errors)
    {
        ReadOnlySpan<PollDescriptor> waited = [output.Descriptor, errors.Descriptor];
        Span<PollDescriptor> descriptors = [.. waited];
        LibC.Poll(descriptors, PauseMilliseconds);
        output.Read(descriptors[0].Happened);
        errors.Read(descriptors[1].Happened);
    }

    private Errno Start(out int processId, out SafeFileHandle output, out SafeFileHandle errors)
    {
        // This thread is the run's own: it alone leaves the working directory, and the program with it.
        if (!LibC.Unshare(CloneFlags.FileSystem).IsError && LibC.TryOpen("/"u8, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle top, out _))
        {
            using (top)
                LibC.ChangeDirectory(top);
        }

        processId = -1;
        LibC.TryMakePipe(out output, out SafeFileHandle outputEnd, out _);
        LibC.TryMakePipe(out errors, out SafeFileHandle errorEnd, out _);
        LibC.TryOpen("/dev/null"u8, OpenFlags.ReadOnly, out SafeFileHandle input, out _);
        using (outputEnd)
        using (errorEnd)
        using (input)
        {
            SafeFileHandle[] streams = [input, outputEnd, errorEnd];

            // One that has the number of a standard stream would be written over on the way.
            if (streams.Any(static stream => stream.DangerousGetHandle() <= 2))
                return Errno.EBADF;
            byte[][] words = [.. Words.Select(static word => word.Span.ToArray())];
            byte[][] environment = [.. Environment.Select(static pair => Encoding.UTF8.GetBytes($"{pair.Key}={pair.Value}"))];
            return words.Concat(environment).Any(static word => CString.HoldsNul(word))
                ? Errno.EINVAL
                : LibC.StartProgram(File.Span, words, environment, streams, OpenDescriptors(), out processId);
        }
    }

    /// <summary>The descriptors of this process behind the standard streams: one that it was started with is passed on unless somebody closes it.</summary>
    private static int[] OpenDescriptors()
    {
        List<int> open = [];
        using DirectoryReader names = DirectoryReader.Open("/proc/self/fd"u8);
        while (names.Read())
        {
            if (System.Buffers.Text.Utf8Parser.TryParse(names.Name, out int number, out _) && number > 2)
                open.Add(number);
        }

        return [.. open];
    }
}
