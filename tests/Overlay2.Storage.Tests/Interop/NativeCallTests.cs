using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>The one place that makes native calls: here the calls are made up.</summary>
public sealed class NativeCallTests
{
    public static TheoryData<string, int> Kinds => new()
    {
        // How often a call is made that two signals interrupt.
        { "asking", 3 },
        { "repeatable", 3 },
        { "changing", 1 },
        { "waiting", 1 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signal_has_a_call_made_again_that_comes_to_the_same(string kind, int times)
    {
        NativeCall call = Create(kind);
        int made = 0;
        while (call.IsDue)
            call.Answer(Native(++made < 3 ? -1 : 7, Errno.EINTR));

        Assert.Equal(times, made);
        Assert.Equal(times == 3, call.End(out int result, out Errno error));
        Assert.Equal(times == 3 ? (7, default) : (-1, Errno.EINTR), (result, error));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Another_error_ends_every_call(string kind, int times)
    {
        Assert.True(times > 0);
        foreach (Errno expected in new[] { Errno.EAGAIN, Errno.EIO, Errno.ENOENT })
        {
            NativeCall call = Create(kind);
            int made = 0;
            while (call.IsDue)
            {
                made++;
                call.Answer(Native(-1, expected));
            }

            Assert.Equal(1, made);
            Assert.Equal(expected, call.Error);
        }
    }

    [Fact]
    public void A_success_has_no_error_whatever_an_earlier_call_left()
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(Native(1L << 40, Errno.EIO));

        Assert.True(call.End(out long result, out Errno error));
        Assert.Equal((1L << 40, default), (result, error));
        Assert.True(call.End(out error));
    }

    [Fact]
    public void A_text_with_a_NUL_is_refused_wherever_it_stands()
    {
        foreach (string text in new[] { "\0", "a\0", "\0a", "a\0b" })
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            AssertRefused(NativeCall.Asking(Errno.EXDEV, bytes));
            AssertRefused(NativeCall.Asking(Errno.EXDEV, "a"u8, bytes));
            AssertRefused(NativeCall.Repeatable("write", Errno.EXDEV, "a"u8, bytes));
            AssertRefused(NativeCall.Changing("mkdirat", Errno.EXDEV, bytes));
            AssertRefused(NativeCall.Changing("mkdirat", Errno.ENOENT, "a"u8).Refusing(Errno.EXDEV, bytes, default));
            AssertRefused(NativeCall.Changing("mkdirat", Errno.EXDEV, bytes).Refusing(Errno.ENOENT, "a"u8, "b"u8));
        }

        Assert.True(NativeCall.Asking(Errno.EXDEV, "a"u8, "b"u8).IsDue);
        Assert.True(NativeCall.Asking(Errno.EXDEV, default).IsDue);
    }

    [Fact]
    public void A_new_descriptor_gets_an_owner_and_a_failure_an_invalid_one()
    {
        SafeFileHandle first = File.OpenHandle("/dev/null");
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(first.DangerousGetHandle());
        Assert.True(call.End(out SafeFileHandle file, out Errno error), error.ToString());
        Assert.Equal(first.DangerousGetHandle(), file.DangerousGetHandle());
        Assert.False(file.IsInvalid);
        first.SetHandleAsInvalid();
        file.Dispose();

        call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(Native(-1, Errno.EMFILE));
        Assert.False(call.End(out SafeFileHandle none, out error));
        Assert.Equal(Errno.EMFILE, error);
        Assert.True(none.IsInvalid);

        Assert.False(NativeCall.Asking(Errno.ENOENT, "\0"u8).End(out none, out error));
        Assert.True(none.IsInvalid);
    }

    private static void AssertRefused(NativeCall call)
    {
        Assert.False(call.IsDue);
        Assert.False(call.End(out int result, out Errno error));
        Assert.Equal((-1, Errno.EXDEV), (result, error));
    }

    private static NativeCall Create(string kind) => kind switch
    {
        "asking" => NativeCall.Asking(),
        "repeatable" => NativeCall.Repeatable("write"),
        "changing" => NativeCall.Changing("mkdirat"),
        _ => NativeCall.Waiting(),
    };

    /// <summary>What a native call returns, with the error that it leaves.</summary>
    private static long Native(long result, Errno error)
    {
        Marshal.SetLastPInvokeError(error.Value);
        return result;
    }
}
