using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>A thread to which the kernel does not offer some system calls; programs that it starts have them neither.</summary>
/// <remarks>A filter of seccomp(2), as container engines set: it ends with the thread, and needs no privilege.</remarks>
internal static unsafe partial class FilteredThread
{
    private const int SetNoNewPrivileges = 38;
    private const int SetFilter = 22;
    private const int FilterMode = 2;

    /// <summary>A statement of the filter's language: what it does, where it goes on if that holds or not, and its number.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Statement(ushort Code, byte IfTrue, byte IfFalse, uint Number)
    {
        public static Statement LoadCall => new(0x20, 0, 0, 0);

        public static Statement IfCall(int call, int next) => new(0x15, 0, (byte)next, (uint)call);

        public static Statement Answer(uint action) => new(0x06, 0, 0, action);
    }

    [StructLayout(LayoutKind.Sequential)]
    private ref struct Program
    {
        public ushort Length;
        public Statement* Statements;
    }

    /// <summary>Does something on such a thread; what it throws is thrown here.</summary>
    /// <param name="calls">The numbers of the calls.</param>
    /// <param name="error">The error that they get.</param>
    /// <param name="act">What is done.</param>
    public static void Run(ReadOnlySpan<int> calls, int error, Action act)
    {
        const uint Error = 0x00050000;
        const uint Allow = 0x7FFF0000;
        Statement[] filter =
        [
            Statement.LoadCall,
            .. calls.ToArray().SelectMany(call => new[] { Statement.IfCall(call, 1), Statement.Answer(Error | (uint)error) }),
            Statement.Answer(Allow),
        ];
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Set(filter);
                act();
            }
#pragma warning disable CA1031 // All of it is thrown again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

    private static void Set(Statement[] filter)
    {
        fixed (Statement* statements = filter)
        {
            var program = new Program { Length = (ushort)filter.Length, Statements = statements };
            if (prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0 || prctl(SetFilter, FilterMode, (nint)(&program), 0, 0) != 0)
                throw new InvalidOperationException($"The filter cannot be set: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint first, nint second, nint third, nint fourth);
}
