using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>One call of the C library: <c>while (call.IsDue) call.Answer(mkdirat(…));</c></summary>
/// <remarks>
/// The only place where errno is taken, a text with a NUL is refused (the kernel would see less than was meant), a call is made again that a
/// signal interrupted (EINTR), a call that changes something is announced to <see cref="ChangingCalls"/>, and a new descriptor gets its owner.
/// close(2) is never made again, not even after EINTR: Linux has let the descriptor go by then, and its number may be another file's. It is not
/// here, for <see cref="SafeFileHandle"/> closes, and does so once.
/// </remarks>
internal ref struct NativeCall
{
    private readonly string? _announced;
    private readonly bool _isRepeatable;
    private long _result = -1;

    private NativeCall(string? announced, bool isRepeatable)
    {
        _announced = announced;
        _isRepeatable = isRepeatable;
        IsWanted = true;
    }

    /// <summary>A call that changes nothing, or nothing that outlives this process. After a signal it is made again.</summary>
    public static NativeCall Asking() => new(announced: null, isRepeatable: true);

    /// <summary>As <see cref="Asking()"/>, with texts.</summary>
    /// <param name="refusal">The error for a text that holds a NUL.</param>
    /// <param name="text">A path or a name.</param>
    /// <param name="other">Another one.</param>
    public static NativeCall Asking(Errno refusal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> other = default) => Asking().Refusing(refusal, text, other);

    /// <summary>A call that waits: a signal ends it (EINTR), for its time has run.</summary>
    public static NativeCall Waiting() => new(announced: null, isRepeatable: false);

    /// <summary>A call that changes something and comes to the same when it is made twice. After a signal it is made again.</summary>
    /// <param name="name">The name of the call.</param>
    public static NativeCall Repeatable(string name) => new(name, isRepeatable: true);

    /// <summary>As <see cref="Repeatable(string)"/>, with texts.</summary>
    public static NativeCall Repeatable(string name, Errno refusal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> other = default) =>
        Repeatable(name).Refusing(refusal, text, other);

    /// <summary>A call that makes, moves or removes a name or a mount. It is not made again after a signal: where a file system was interrupted
    /// after it did so, a second call would meet what the first one left.</summary>
    /// <param name="name">The name of the call.</param>
    public static NativeCall Changing(string name) => new(name, isRepeatable: false);

    /// <summary>As <see cref="Changing(string)"/>, with texts.</summary>
    public static NativeCall Changing(string name, Errno refusal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> other = default) =>
        Changing(name).Refusing(refusal, text, other);

    /// <summary>Whether the call is to be made, for the first time or again; if it changes something, it is announced by asking.</summary>
    public bool IsDue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            while (IsWanted && _announced is not null && ChangingCalls.Prevents(_announced, out Errno error))
                Take(-1, error);
            return IsWanted;
        }
    }

    /// <summary>No error, the kernel's, or that of a call that was refused or prevented.</summary>
    public Errno Error { get; private set; }

    private bool IsWanted { get; set; }

    /// <summary>The same call, refused if one of its texts holds a NUL.</summary>
    public NativeCall Refusing(Errno refusal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        if (CString.HoldsNul(text) || CString.HoldsNul(other))
        {
            Error = refusal;
            IsWanted = false;
        }

        return this;
    }

    /// <summary>Takes the result of the call that was made just now.</summary>
    /// <param name="result">What it returned; below zero, it left an error.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Answer(long result) => Take(result, result < 0 ? Errno.Last : default);

    /// <summary>Takes what a function returned that returns its error and leaves none.</summary>
    public void AnswerError(int error) => Take(error == 0 ? 0 : -1, new Errno(error));

    /// <summary>Whether the call succeeded.</summary>
    public readonly bool End(out Errno error)
    {
        error = Error;
        return !error.IsError;
    }

    /// <summary>Whether the call succeeded, with the number it gave; -1 if not.</summary>
    public readonly bool End(out long result, out Errno error)
    {
        result = _result;
        return End(out error);
    }

    /// <summary>As <see cref="End(out long, out Errno)"/>, of a call that gives no large numbers.</summary>
    public readonly bool End(out int result, out Errno error)
    {
        result = (int)_result;
        return End(out error);
    }

    /// <summary>Whether the call succeeded, with the owner of the new descriptor that it gave; an invalid one if not.</summary>
    public readonly bool End(out SafeFileHandle file, out Errno error)
    {
        file = new SafeFileHandle((nint)_result, ownsHandle: true);
        return End(out error);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(long result, Errno error)
    {
        _result = result;
        Error = error;
        IsWanted = _isRepeatable && error == Errno.EINTR;
    }
}
