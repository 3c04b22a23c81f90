using System.Buffers;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>The sets of characters that tell one thing from another.</summary>
internal static class SecretCharacters
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Letters = Lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    /// <summary>Those of the name of a variable.</summary>
    public static SearchValues<byte> Variable { get; } = Of(Letters + Digits + "_");

    /// <summary>Those of the name of a setting, with what may stand around it.</summary>
    public static SearchValues<byte> Name { get; } = Of(Letters + Digits + "_.-+/ \t\"'");

    /// <summary>Those of a long flag that is a word.</summary>
    public static SearchValues<byte> Word { get; } = Of(Lower + "-_.");

    /// <summary>Those of a flag.</summary>
    public static SearchValues<byte> Flag { get; } = Of(Letters + Digits + "_.-");

    /// <summary>Those that have to be quoted in a word.</summary>
    public static SearchValues<byte> Quoted { get; } = Of(" \t\r\n\\\"'");

    /// <summary>Those of a number, a date too.</summary>
    public static SearchValues<byte> Number { get; } = Of(Digits + "+-._eE:TZx");

    /// <summary>Those of a digest.</summary>
    public static SearchValues<byte> Hexadecimal { get; } = Of(Digits + "abcdefABCDEF");

    /// <summary>Those between the words of a command that are none.</summary>
    public static SearchValues<byte> Signs { get; } = Of("-|&;<>");

    /// <summary>Those that end a bare word of TOML.</summary>
    public static SearchValues<byte> EndOfItem { get; } = Of(" \t\r\n,=]}#");

    /// <summary>Those without which a source of a mount is a name.</summary>
    public static SearchValues<byte> Source { get; } = Of("@=:%, ");

    /// <summary>Those before a user without a scheme.</summary>
    public static SearchValues<byte> BeforeUser { get; } = Of("=,([{'|;&");

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));
}
