using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>An error number of Linux, with its name. 0 is "no error".</summary>
/// <remarks>Source: errno(3); the numbers are those of x64 and arm64, which are alike.</remarks>
internal readonly partial record struct Errno(int Value)
{
    /// <summary>Above the highest number that Linux gives an error on any machine.</summary>
    private const int Highest = 2000;

    /// <summary>What the last native call of this thread left; read it at once.</summary>
    public static Errno Last => new(Marshal.GetLastPInvokeError());

    public bool IsError => Value != 0;

    public override string ToString() => Name(Value) ?? (Value == 0 ? "no error" : $"errno {Value}");

    /// <summary>Whether a text is the name of an error, such as <c>ENOENT</c>.</summary>
    public static bool IsName(string text) => text is ['E', ..] && Enumerable.Range(1, Highest).Any(value => Name(value) == text);
}
