using System.Text.Encodings.Web;
using System.Text.Json;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A value in the syntax of the place where it stands.</summary>
internal static class FieldSyntax
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Between double quotes of a unit.</summary>
    public static string Unit(string text) => Replace(text, ("\\", "\\\\"), ("\"", "\\\""), ("%", "%%"), ("\n", "\\n"));

    /// <summary>Between single quotes of a unit.</summary>
    public static string UnitSingle(string text) => Replace(text, ("\\", "\\\\"), ("'", "\\'"), ("%", "%%"), ("\n", "\\n"));

    /// <summary>In a unit, without quotes.</summary>
    public static string UnitBare(string text) => Replace(text, ("\\", "\\\\"), ("%", "%%"), (" ", "\\x20"), ("\"", "\\x22"), ("'", "\\x27"), ("\n", "\\n"));

    /// <summary>Between double quotes of a shell.</summary>
    public static string Shell(string text) => Replace(text, ("\\", "\\\\"), ("\"", "\\\""), ("$", "\\$"), ("`", "\\`"));

    /// <summary>Between single quotes of a shell.</summary>
    public static string ShellSingle(string text) => Replace(text, ("'", "'\\''"));

    /// <summary>With its quotes, as most programs write it: what is not ASCII as it is.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text, s_plain);

    /// <summary>In a list of mount options, as the kernel writes it.</summary>
    public static string Option(string text) => Replace(text, ("\\", "\\134"), (",", "\\054"), (" ", "\\040"), ("\t", "\\011"), ("\n", "\\012"), ("#", "\\043"));

    /// <summary>As a field of mountinfo or fstab.</summary>
    public static string Field(string text) => Replace(text, ("\\", "\\134"), (" ", "\\040"), ("\t", "\\011"), ("\n", "\\012"));

    private static string Replace(string text, params (string From, string To)[] pairs)
    {
        foreach ((string from, string to) in pairs)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}
