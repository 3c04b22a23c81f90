using System.Buffers;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>What a value tells by its form alone: that it is a credential, or that it is none.</summary>
internal static class SecretShapes
{
    private const int ShortestCredential = 16;
    private const int ShortestRandom = 24;

    private static readonly SearchValues<byte> s_path = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@:,~%"u8);
    private static readonly SearchValues<byte> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> s_token = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+~"u8);

    /// <summary>What issuers of tokens write in front of them, so that they are found.</summary>
    private static readonly string[] s_prefixes =
    [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "dckr_pat_", "dckr_oat_", "dop_v1_", "hvs.", "hvb.", "npm_", "pypi-", "hf_", "xoxb-", "xoxp-",
        "xoxa-", "xoxs-", "xapp-", "sk_live_", "sk_test_", "rk_live_", "pk_live_", "sk-", "AIza", "AKIA", "ASIA", "SG.", "ya29.", "shpat_", "eyJ", "AGE-SECRET-KEY-", "sha256~", "EAACEdEose0cBA", "dapi", "ATATT3", "SWMTKN-",
    ];

    private static readonly SearchValues<byte> s_firstOfPrefixes = SearchValues.Create([.. s_prefixes.Select(static prefix => (byte)prefix[0])]);

    /// <summary>The length of the run of characters that tokens are made of.</summary>
    public static int RunLength(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(s_token);
        return end < 0 ? text.Length : end;
    }

    /// <summary>Whether such a run is a token by what it begins with: those of GitHub, GitLab, Docker Hub, AWS and others, and every JWT.</summary>
    public static bool IsCredential(ReadOnlySpan<byte> run)
    {
        if (run.Length < ShortestCredential || !s_firstOfPrefixes.Contains(run[0]))
            return false;
        foreach (string prefix in s_prefixes)
        {
            if (run[0] == prefix[0] && System.Text.Ascii.Equals(run[..prefix.Length], prefix))
                return true;
        }

        return false;
    }

    /// <summary>Whether such a run is base64 or another code rather than a name: capital and small letters with digits among them. Ids and digests have letters of one kind.</summary>
    public static bool LooksRandom(ReadOnlySpan<byte> run) => run.Length >= ShortestRandom && IsMixed(run);

    /// <summary>Whether a value is a state or nothing: it says nothing whatever its name is.</summary>
    public static bool IsSwitch(ReadOnlySpan<byte> value) => value.Length <= 5 && System.Text.Encoding.Latin1.GetString(value).ToLowerInvariant() is
        "" or "true" or "false" or "yes" or "no" or "on" or "off" or "null" or "none" or "y" or "n" or "m" or "{}" or "[]";

    /// <summary>Whether a value is an absolute path of names, not base64 that begins with a slash.</summary>
    public static bool IsPath(ReadOnlySpan<byte> value)
    {
        if (value is not [(byte)'/', _, ..] || value.ContainsAnyExcept(s_path) || SlashFlagLength(value) > 0)
            return false;
        foreach (Range range in value.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = value[range];
            if (IsCredential(name) || (name.Length >= ShortestCredential && IsMixed(name)))
                return false;
        }

        return true;
    }

    /// <summary>Whether a word of a sentence is one of the language, the name of a host or a path, with what may stand behind it.</summary>
    public static bool IsPlainWord(ReadOnlySpan<byte> word)
    {
        word = word.TrimEnd(".,;:!?)"u8).TrimStart((byte)'(');
        if (!word.ContainsAnyExcept(s_letters))
            return word.IsEmpty || !word[1..].ContainsAnyInRange((byte)'A', (byte)'Z') || !word.ContainsAnyInRange((byte)'a', (byte)'z');
        return !word.ContainsAnyExcept(s_path) && word.ContainsAny((byte)'.', (byte)'/') && !IsMixed(word) && word.IndexOf((byte)'@') < 0;
    }

    private static bool IsMixed(ReadOnlySpan<byte> run) =>
        run.ContainsAnyInRange((byte)'A', (byte)'Z') && run.ContainsAnyInRange((byte)'a', (byte)'z') && run.ContainsAnyInRange((byte)'0', (byte)'9');

    /// <summary>The length of a flag that some programs have in the place of one with dashes, up to its value: <c>/password:X</c>; 0 for a path.</summary>
    public static int SlashFlagLength(ReadOnlySpan<byte> word)
    {
        if (word is not [(byte)'/', ..] || word.IndexOf((byte)':') is not (> 1 and int colon))
            return 0;
        ReadOnlySpan<byte> name = word[1..colon];
        return !name.Contains((byte)'/') && colon + 1 < word.Length && SecretNames.IsSecret(name) ? colon + 1 : 0;
    }
}
