namespace Overlay2.Storage.MountOptions;

/// <summary>The options of a security module whose value may be in quotes, which hide its commas.</summary>
/// <remarks>A quote counts only directly behind the <c>=</c>, and only if the next one ends the value.</remarks>
internal static class SecurityContextOption
{
    public const byte Quote = (byte)'"';

    /// <summary>Whether an option of this name may have its value in quotes.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) =>
        name.EndsWith("context"u8)
        && (name.Length == "context"u8.Length || name.SequenceEqual("fscontext"u8)
            || name.SequenceEqual("defcontext"u8) || name.SequenceEqual("rootcontext"u8));

    /// <summary>The offset behind the quotes of a value; -1 if it is not in quotes.</summary>
    /// <param name="text">Options.</param>
    /// <param name="value">Where the value starts.</param>
    public static int EndOfQuotes(ReadOnlySpan<byte> text, int value)
    {
        if (value >= text.Length || text[value] != Quote)
            return -1;
        int length = text[(value + 1)..].IndexOf(Quote);
        int behind = value + length + 2;
        return length >= 0 && (behind == text.Length || text[behind] == ',') ? behind : -1;
    }
}
