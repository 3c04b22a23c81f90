using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>Calls that a real signal interrupts while they wait.</summary>
public sealed partial class InterruptedCallTests
{
    private const int UserSignal = 12;

    [Fact]
    public void A_bare_read_fails_with_EINTR()
    {
        using var pipe = new AnonymousPipeServerStream();
        Errno error = default;
        using SafeFileHandle file = ReadEnd(pipe);
        Interrupt(ReadNumber, () => error = read(file, new byte[1], 1) < 0 ? Errno.Last : default, signals: 1, release: null);
        Assert.Equal(Errno.EINTR, error);
    }

    [Fact]
    public void TryRead_starts_again()
    {
        using var pipe = new AnonymousPipeServerStream();
        using SafeFileHandle file = ReadEnd(pipe);
        (bool, int, Errno) answer = default;
        Interrupt(
            ReadNumber,
            () => answer = (LibC.TryRead(file, new byte[2], out int count, out Errno error), count, error),
            signals: 3,
            release: () => pipe.WriteByte(1));
        Assert.Equal((true, 1, default), answer);
    }

    [Fact]
    public void TryPoll_ends_with_nothing_happened()
    {
        using var pipe = new AnonymousPipeServerStream();
        using SafeFileHandle file = ReadEnd(pipe);
        (bool, PollEvents, Errno) answer = default;
        Interrupt(
            PollNumber,
            () => answer = (LibC.TryPoll(file, PollEvents.In, -1, out PollEvents happened, out Errno error), happened, error),
            signals: 1,
            release: null);
        Assert.Equal((true, PollEvents.None, default), answer);
    }

    private static int ReadNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0 : 63;

    private static int PollNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 7 : 73;

    private static SafeFileHandle ReadEnd(AnonymousPipeServerStream pipe) => new(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);

    /// <summary>Runs a call on a thread of its own and signals that thread each time it waits in the kernel.</summary>
    private static void Interrupt(int number, Action call, int signals, Action? release)
    {
        nint self = 0;
        string task = "";
        var thread = new Thread(() =>
        {
            Assert.True(LibC.TryReadLink(LibC.CurrentDirectory, "/proc/thread-self"u8, out byte[] link, out _));
            task = "/proc/" + System.Text.Encoding.UTF8.GetString(link);
            Volatile.Write(ref self, pthread_self());
            call();
        });
        nint before = signal(UserSignal, NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "abs"));
        Assert.NotEqual(-1, before);
        try
        {
            Assert.Equal(0, siginterrupt(UserSignal, 1));
            thread.Start();
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref self) != 0, TimeSpan.FromMinutes(1)));
            for (int i = 0; i < signals; i++)
            {
                string switches = WaitUntilItWaits(thread, task, number, except: null);
                Assert.Equal(0, pthread_kill(self, UserSignal));

                // Until the signal has woken it: then it either ended or waits again.
                WaitUntilItWaits(thread, task, number, switches);
            }

            release?.Invoke();
            Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        }
        finally
        {
            _ = signal(UserSignal, before);
        }
    }

    /// <summary>Waits until a thread waits in a system call, or has ended.</summary>
    /// <returns>How often the thread has waited.</returns>
    private static string WaitUntilItWaits(Thread thread, string task, int number, string? except)
    {
        string switches = "";
        Assert.True(SpinWait.SpinUntil(() => !thread.IsAlive || IsWaiting(), TimeSpan.FromMinutes(1)));
        return switches;

        bool IsWaiting()
        {
            try
            {
                switches = File.ReadLines(task + "/status").First(line => line.StartsWith("voluntary", StringComparison.Ordinal));
                return switches != except && File.ReadAllText(task + "/syscall").StartsWith($"{number} ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, byte[] buffer, nint count);

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_kill(nint thread, int signal);

    [LibraryImport("libc")]
    private static partial nint signal(int signal, nint handler);

    [LibraryImport("libc")]
    private static partial int siginterrupt(int signal, int interrupts);
}
