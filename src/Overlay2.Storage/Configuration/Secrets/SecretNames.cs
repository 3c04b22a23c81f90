using System.Collections.Frozen;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Whether a name says that what it names is secret: <c>db_password</c>, <c>apiKey</c>, <c>--auth-token</c>, <c>X-Auth</c>.</summary>
/// <remarks>In every casing, with every separator and with none. Digits end a word, so that <c>password2</c> and <c>oauth2</c> count.</remarks>
internal static class SecretNames
{
    private const int MostOnStack = 256;

    /// <summary>What is no secret although it begins or ends like one.</summary>
    private static readonly FrozenSet<string> s_harmless = Set("""
        monkey turkey hockey donkey jockey whiskey bypass compass trespass compat expat spat keyboard keyword keywords keyring
        passive passthrough passed passes passing passenger author authors authored authoring authority authorities
        """);

    private static readonly FrozenSet<string> s_words = Set("""
        pass passcode pwd pw pswd psw pword psk pin otp totp mfa cookie cookies sessionid jwt bearer sas sig signature salt dsn webhook
        auth auths oauth xauth authn authz authentication cred creds pat pats private priv key keys keyfile keydata keymaterial connstr connectionstring identity community
        """);

    /// <summary>What tells of a secret wherever it stands in a name.</summary>
    private static readonly string[] s_telling = ["password", "passwd", "passwort", "passphrase", "secret", "token", "credential", "apikey", "accesskey", "privatekey", "authoriz", "bearer"];

    private static readonly string[] s_endings = ["key", "keys", "pass", "pwd", "auth", "cred", "creds", "pat"];

    private static readonly string[] s_beginnings = ["key", "pass", "auth", "cred"];

    /// <summary>Whether what stands behind the name is left out.</summary>
    public static bool IsSecret(ReadOnlySpan<byte> name)
    {
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && IsLetter(name[i]) && !StartsWord(name, i))
                continue;
            if (IsSecretWord(name[start..i]))
                return true;
            start = i < name.Length && IsLetter(name[i]) ? i : i + 1;
        }

        return Squeeze(name, static letters => IsTellingWord(letters) || s_words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters));
    }

    /// <summary>A name as it is shown: what has other characters is a value that happens to have a sign behind it.</summary>
    public static ByteString Show(ReadOnlySpan<byte> name) =>
        name.ContainsAnyExcept(SecretCharacters.Name) || SecretShapes.LooksRandom(name) ? new ByteString(SecretMarker.Text) : SecretText.FilterName(new ByteString(name));

    /// <summary>Whether the word tells of a secret also where it stands in a sentence.</summary>
    public static bool IsTelling(ReadOnlySpan<byte> word) => Squeeze(word, IsTellingWord);

    /// <summary>Whether the name is that of what proves who somebody is in several words: <c>Authorization: Basic …</c>, cookies.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> name) => Squeeze(name, static letters => letters.EndsWith("authorization") || letters.EndsWith("cookie") || letters.EndsWith("cookies"));

    private static bool IsTellingWord(ReadOnlySpan<char> letters)
    {
        foreach (string telling in s_telling)
        {
            if (letters.Contains(telling, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool IsSecretWord(ReadOnlySpan<byte> word) => !word.IsEmpty && Squeeze(word, static letters =>
    {
        if (s_words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters))
            return true;
        foreach (string ending in s_endings)
        {
            if (letters.EndsWith(ending))
                return !s_harmless.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters);
        }

        foreach (string beginning in s_beginnings)
        {
            if (letters.StartsWith(beginning))
                return !s_harmless.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters);
        }

        return false;
    });

    /// <summary>The letters in lower case, without what is between them.</summary>
    private static bool Squeeze(ReadOnlySpan<byte> name, Func<ReadOnlySpan<char>, bool> isMeant)
    {
        Span<char> letters = name.Length <= MostOnStack ? stackalloc char[MostOnStack] : new char[name.Length];
        int count = 0;
        foreach (byte value in name)
        {
            if (IsLetter(value))
                letters[count++] = (char)(value | 0x20);
        }

        return isMeant(letters[..count]);
    }

    private static bool StartsWord(ReadOnlySpan<byte> name, int at) =>
        at > 0 && IsUpper(name[at]) && IsLetter(name[at - 1]) && (!IsUpper(name[at - 1]) || (at + 1 < name.Length && IsLetter(name[at + 1]) && !IsUpper(name[at + 1])));

    private static bool IsLetter(byte value) => (byte)(value | 0x20) is >= (byte)'a' and <= (byte)'z';

    private static bool IsUpper(byte value) => value is >= (byte)'A' and <= (byte)'Z';

    private static FrozenSet<string> Set(string words) => words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
