using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <content>geteuid(2), clone(2), kill(2), waitpid(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>geteuid(2): whose rights this process has.</summary>
    public static uint GetUserId()
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(geteuid());
        call.End(out long user, out _);
        return (uint)user;
    }

    /// <summary>A child process in a user namespace of its own that only sleeps, and then ends by itself.</summary>
    /// <remarks>
    /// clone(2) with a function of the C library as the child's program: no managed code runs in it, which a forked runtime could
    /// not bear. It raises no SIGCHLD, so that the runtime's own care for children is not touched.
    /// </remarks>
    /// <param name="seconds">How long it sleeps at most.</param>
    /// <param name="processId">Its id, to be ended by <see cref="EndChild"/>.</param>
    /// <param name="error">The kernel's error; ENOSYS where the C library has no such function.</param>
    public static bool TryStartSleeper(uint seconds, out int processId, out Errno error)
    {
        const nuint StackLength = 1 << 16;
        processId = -1;
        error = Errno.ENOSYS;
        if (!NativeLibrary.TryLoad(Library, typeof(LibC).Assembly, searchPath: null, out nint library)
            || !NativeLibrary.TryGetExport(library, "sleep", out nint sleep))
            return false;

        // The child has a copy of this memory; the parent's can go at once.
        void* stack = NativeMemory.AlignedAlloc(StackLength, 16);
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(clone(sleep, (byte*)stack + StackLength, (int)CloneFlags.UserNamespace, (nint)seconds));
        NativeMemory.AlignedFree(stack);
        return call.End(out processId, out error);
    }

    /// <summary>Ends a child of <see cref="TryStartSleeper"/> and waits for its end.</summary>
    public static void EndChild(int processId)
    {
        const int Kill = 9;
        const int CloneChildren = unchecked((int)0x80000000);
        kill(processId, Kill);
        int status;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(waitpid(processId, &status, CloneChildren));
    }

    [LibraryImport(Library)]
    private static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int clone(nint function, void* stack, int flags, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int waitpid(int processId, int* status, int options);
}
