using System.Text;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>Random words that nothing else on a host is.</summary>
internal static class FieldWords
{
    private const string Lower = "bcdfghjkmnpqrstvwxz23456789";
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A word that no language has: with a digit in it.</summary>
    public static string Word(Random random, int length = 9) => "q" + random.Next(2, 10) + Of(random, length - 2, Lower);

    public static string Key(Random random, int length) => Of(random, length, Base64);

    public static string Digits(Random random, int length) => Of(random, length, "0123456789");

    public static string Hex(Random random, int length) => Of(random, length, "0123456789abcdef");

    public static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Of(Random random, int length, string alphabet) => string.Create(length, (random, alphabet), static (span, state) =>
    {
        foreach (ref char character in span)
            character = state.alphabet[state.random.Next(state.alphabet.Length)];
    });
}
