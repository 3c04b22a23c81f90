using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>Programs: posix_spawn(3), pipe2(2), waitpid(2), pidfd_open(2), kill(2) of a group.</content>
internal static unsafe partial class LibC
{
    /// <summary>pipe2(2), with O_CLOEXEC.</summary>
    public static bool TryMakePipe(out SafeFileHandle reader, out SafeFileHandle writer, out Errno error)
    {
        int* ends = stackalloc int[] { -1, -1 };
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(pipe2(ends, OpenFlags.CloseOnExec));
        reader = new SafeFileHandle(ends[0], ownsHandle: true);
        writer = new SafeFileHandle(ends[1], ownsHandle: true);
        return call.End(out error);
    }

    /// <summary>posix_spawn(3): a program in a session of its own, with no signal blocked or ignored and no descriptor but its first three.</summary>
    /// <remarks>
    /// The session is a process group too, which <see cref="KillGroup"/> ends as a whole, and has no terminal: the terminal's Ctrl-C does not reach
    /// it. Its directory is that of the calling thread.
    /// </remarks>
    /// <param name="file">The file to run; no list of directories is searched.</param>
    /// <param name="arguments">The words of its command line, its name first; none holds a zero byte.</param>
    /// <param name="environment">Its environment, <c>NAME=value</c>; none holds a zero byte.</param>
    /// <param name="streams">Its standard input, output and error.</param>
    /// <param name="closed">Descriptors of this process that are closed in it, whether they would be anyway or not.</param>
    /// <param name="processId">Its process id, to be asked for by <see cref="TryTakeEnd"/>.</param>
    public static Errno StartProgram(
        ReadOnlySpan<byte> file, ReadOnlySpan<byte[]> arguments, ReadOnlySpan<byte[]> environment, ReadOnlySpan<SafeFileHandle> streams, ReadOnlySpan<int> closed, out int processId)
    {
        // Three times the room that any C library takes for them.
        const int Room = 1024;
        const short DefaultSignals = 0x4, SignalMask = 0x8, Session = 0x80;
        processId = -1;
        byte* actions = stackalloc byte[Room];
        byte* attributes = stackalloc byte[Room];
        using NativeWords words = new(arguments);
        using NativeWords variables = new(environment);
        ulong* none = stackalloc ulong[16];
        ulong* all = stackalloc ulong[16];
        new Span<ulong>(all, 16).Fill(ulong.MaxValue);
        int error = posix_spawn_file_actions_init(actions) | posix_spawnattr_init(attributes);
        try
        {
            error |= posix_spawnattr_setsigmask(attributes, none) | posix_spawnattr_setsigdefault(attributes, all)
                | posix_spawnattr_setflags(attributes, DefaultSignals | SignalMask | Session);
            for (int i = 0; i < streams.Length && error == 0; i++)
                error = posix_spawn_file_actions_adddup2(actions, (int)streams[i].DangerousGetHandle(), i);
            foreach (int descriptor in closed)
                error = error == 0 ? posix_spawn_file_actions_addclose(actions, descriptor) : error;
            NativeCall call = NativeCall.Changing("posix_spawn", Errno.ENOENT, file);
            while (call.IsDue)
                call.AnswerError(error == 0 ? posix_spawn(out processId, file, actions, attributes, words.Pointer, variables.Pointer) : error);
            return call.Error;
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes) | posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>waitpid(2) without waiting: whether a child has ended, once.</summary>
    /// <param name="processId">The child.</param>
    /// <param name="exitCode">What it ended with; 128 and the signal's number where a signal ended it, as shells say it; -1 where another part of this process asked first.</param>
    public static bool TryTakeEnd(int processId, out int exitCode)
    {
        const int WithoutWaiting = 1;
        int status = 0;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(waitpid(processId, &status, WithoutWaiting));
        bool isAsked = call.End(out int ended, out _);
        exitCode = !isAsked ? -1 : (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        return !isAsked || ended > 0;
    }

    /// <summary>pidfd_open(2): a process, held whatever becomes of its number.</summary>
    /// <param name="processId">A child whose end was not taken.</param>
    /// <param name="process">The process; invalid before Linux 5.3.</param>
    public static bool TryOpenProcess(int processId, out SafeFileHandle process)
    {
        NativeCall call = NativeCall.Asking();
        process = new SafeFileHandle(-1, ownsHandle: true);
        while (call.IsDue)
        {
            nint descriptor = pidfd_open(SystemCallNumber.OpenProcess, processId, 0);
            call.Answer((int)descriptor);
            if (descriptor >= 0)
                process = new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return !process.IsInvalid;
    }

    /// <summary>What a process ended with, after another part of this one has taken its end: ioctl PIDFD_GET_INFO (Linux 6.15).</summary>
    /// <param name="process">From <see cref="TryOpenProcess"/>, before it ended.</param>
    /// <param name="exitCode">As <see cref="TryTakeEnd"/> says it.</param>
    public static bool TryReadEnd(SafeFileHandle process, out int exitCode)
    {
        const uint GetInformation = 0xc040ff0b;
        const ulong AskForEnd = 1 << 3;
        const int Length = 64;
        const int PlaceOfStatus = 60;
        byte* information = stackalloc byte[Length];
        new Span<byte>(information, Length).Clear();
        *(ulong*)information = AskForEnd;
        bool isKnown = !process.IsInvalid && !Control(NativeCall.Asking(), process, GetInformation, information).IsError && (*(ulong*)information & AskForEnd) != 0;
        int status = isKnown ? *(int*)(information + PlaceOfStatus) : 0;
        exitCode = !isKnown ? -1 : (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        return isKnown;
    }

    /// <summary>kill(2) of a process group, by SIGKILL. Only as long as its first process's end was not taken: its number could be another's.</summary>
    public static void KillGroup(int processId)
    {
        const int Kill = 9;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(kill(-processId, Kill));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint pidfd_open(nint number, nint processId, nint flags);

    [LibraryImport(Library)]
    private static partial int posix_spawn(out int processId, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_addclose(void* actions, int descriptor);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setsigmask(void* attributes, ulong* signals);

    [LibraryImport(Library)]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, ulong* signals);
}
