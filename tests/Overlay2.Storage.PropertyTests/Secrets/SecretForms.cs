using System.Text;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>The ways to write a secret, as data: a further one is a line.</summary>
internal static class SecretForms
{
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Plain = Letters + Digits;

    /// <summary>RFC 3986 lets a user and a password have these too.</summary>
    private const string User = Plain + "-._~!$&'()*+,;=";

    public static SecretForm[] All { get; } =
    [
        // Behind a name, in the place's own syntax.
        new("letters and digits", SecretKinds.Named | SecretKinds.Bare, Plain, static (_, token) => token),
        new("digits", SecretKinds.Named | SecretKinds.Bare, Digits, static (_, token) => token),
        new("letters", SecretKinds.Named, Letters, static (_, token) => token),
        new("base64", SecretKinds.Named | SecretKinds.Bare, Plain + "+/", static (_, token) => token),
        new("hexadecimal", SecretKinds.Named | SecretKinds.Bare, "0123456789abcdef", static (_, token) => token),
        new("odd characters", SecretKinds.Named | SecretKinds.Bare, Plain + "!^*~+.-_", static (_, token) => token),

        // A text that tells by itself.
        new("user and password of an address", SecretKinds.Text, Plain, static (_, token) => $"https://bob:{token}@proxy.example:3128/x"),
        new("a name of a user alone", SecretKinds.Text, Plain, static (_, token) => $"https://{token}@registry.example"),
        new("odd characters in an address", SecretKinds.Text, User, static (_, token) => $"http://bob:{token}@proxy.example:3128"),
        new("an escaped character in an address", SecretKinds.Text, Plain, static (_, token) => $"http://bob:%40{token}%2F@proxy.example"),
        new("another scheme", SecretKinds.Text, User, static (_, token) => $"socks5h://u:{token}@10.0.0.1:1080"),
        new("no scheme", SecretKinds.Text, Plain + "-_!*", static (_, token) => $"bob:{token}@proxy.example:3128"),
        new("a query", SecretKinds.Text, Plain, static (name, token) => $"https://h.example/p?a=b&{name}={token}&c=d"),
        new("two addresses", SecretKinds.Text, Plain, static (_, token) => $"http://h.example/a,http://u:{token}@h.example/b"),
        new("name=value", SecretKinds.Text, Plain, static (name, token) => $"{name}={token}"),
        new("name=digits", SecretKinds.Text, Digits, static (name, token) => $"{name}={token}"),
        new("--name=value", SecretKinds.Text, Plain + "+/", static (name, token) => $"--{name}={token}"),
        new("a JWT", SecretKinds.Text, Plain, static (_, token) => $"eyJhbGciOiJIUzI1NiJ9.eyJ{token}.{token}{token}"),
        new("a token of GitHub", SecretKinds.Text, Plain, static (_, token) => $"ghp_{token}{token}"),

        // Several words.
        new("--name value", SecretKinds.Lines, Plain, static (name, token) => $"tool --{name} {token} --other"),
        new("--name 'value'", SecretKinds.Lines, Plain, static (name, token) => $"tool --{name} '{token} {token}' x"),
        new("-u user:password", SecretKinds.Lines, Plain, static (_, token) => $"curl -u bob:{token} h.example"),
        new("-p password", SecretKinds.Lines, Plain, static (_, token) => $"mysql -p {token} h.example"),
        new("-ppassword", SecretKinds.Lines, Plain, static (_, token) => $"mysql -p9{token} h.example"),
        new("name: value", SecretKinds.Lines, Plain, static (name, token) => $"{name}: {token}"),
        new("name = 'value'", SecretKinds.Lines, Plain, static (name, token) => $"{name} = '{token} {token}'"),
        new("a member of JSON", SecretKinds.Lines, Plain, static (name, token) => $"{{'{name}': '{token}', 'a': 1}}"),
        new("a list under a name", SecretKinds.Lines, Plain, static (name, token) => $"{name}: [{token}, {token}]"),
        new("a header", SecretKinds.Lines, Plain + "+/", static (_, token) => $"Authorization: Basic {token}=="),
        new("a header of a bearer", SecretKinds.Lines, Plain, static (_, token) => $"sent Authorization: Bearer {token}"),
        new("a sentence", SecretKinds.Lines, Plain, static (_, token) => $"the password is {token} since May"),
        new("a key", SecretKinds.Lines, Plain, static (_, token) => $"-----BEGIN PRIVATE KEY-----{token}{token}-----END PRIVATE KEY-----"),
        new("a member of JSON in JSON", SecretKinds.Lines, Plain, static (name, token) => $"{{\\\"a\\\":1,\\\"{name}\\\":\\\"{token}\\\"}}"),
        new("an object under a name", SecretKinds.Lines, Plain, static (name, token) => $"{name}={{a: {{b: {token}}}, c: ['{token}']}}"),
        new("an element of XML", SecretKinds.Lines, Plain, static (name, token) => $"<x><{name}>{token}</{name}></x>"),
        new("a field of a data source", SecretKinds.Lines, Plain, static (_, token) => $"Server=db;Uid=sa;Pwd={token};Encrypt=yes"),
        new("a header of another kind", SecretKinds.Lines, Plain, static (_, token) => $"curl -H 'X-Api-Key: {token}' https://h.example"),
        new("a word in quotes", SecretKinds.Lines, Plain, static (_, token) => $"invalid token '{token}' for h.example"),
        new("a word", SecretKinds.Lines, Plain, static (_, token) => $"rejected password {token}9 of bob"),
        new("an address in a sentence", SecretKinds.Lines, User, static (_, token) => $"Get http://bob:{token}@proxy.example:3128 failed"),
    ];

    private static readonly string[] s_names =
    [
        "password", "passwd", "passphrase", "token", "secret", "auth", "key", "credential", "credentials", "pwd", "pat", "apikey", "private-key", "access-key", "secret-key", "api-token", "registry-password",
        "auth-token", "client-secret", "db-pwd", "aws-secret-access-key", "pass", "oauth2-token", "splunk-token", "session-cookie", "signing-key", "private", "password2",
    ];

    /// <summary>A secret in a form.</summary>
    public static PlantedSecret Make(SecretForm form, Random random)
    {
        string name = Spell(s_names[random.Next(s_names.Length)].Split('-'), random.Next(7));
        var token = new StringBuilder();
        int length = random.Next(9, 25);

        // Parts that are long enough to be found, and odd characters between them.
        string odd = string.Concat(form.Alphabet.Where(character => !char.IsAsciiLetterOrDigit(character)));
        string usual = string.Concat(form.Alphabet.Where(char.IsAsciiLetterOrDigit));
        for (int i = 0; i < length; i++)
            token.Append(odd.Length > 0 && i % 8 == 7 ? odd[random.Next(odd.Length)] : usual[random.Next(usual.Length)]);
        if (form.Alphabet.Length > Digits.Length && token.ToString().All(char.IsAsciiLetterLower))
            token.Append('7');
        return new PlantedSecret(name, token.ToString(), form.Write(name, token.ToString()));
    }

    private static string Spell(string[] words, int style) => style switch
    {
        0 => string.Join('-', words),
        1 => string.Join('_', words),
        2 => string.Join('_', words).ToUpperInvariant(),
        3 => string.Join('.', words),
        4 => words[0] + string.Concat(words.Skip(1).Select(Capital)),
        5 => string.Concat(words.Select(Capital)),
        _ => "my_" + string.Join('-', words.Select(Capital)),
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
