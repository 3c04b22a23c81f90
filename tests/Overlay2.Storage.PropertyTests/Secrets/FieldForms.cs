using static Overlay2.Storage.PropertyTests.Secrets.FieldWords;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>Ways to write a secret, collected from practice by somebody who had not seen the classifier.</summary>
internal static partial class FieldForms
{
    /// <summary>Names as people give them to what is secret.</summary>
    private static readonly string[] s_names =
    [
        "MYSQL_ROOT_PASSWORD", "DbPassWord", "db-pass-word", "DB.PASS", "PGPASSWORD", "REDIS_PASS", "RABBITMQ_DEFAULT_PASS", "SMTP_PASSWD", "smtpPwd", "ADMIN_PWD",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "aws-secret-key", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "GITHUB_TOKEN", "GH_PAT", "gitlab_runner_registration_token",
        "CI_JOB_JWT", "VAULT_TOKEN", "vault.unseal.key", "splunk-token", "DD_API_KEY", "NEW_RELIC_LICENSE_KEY", "apikey", "X-API-Key", "ApiKey2", "api_secret", "clientSecret",
        "OAUTH_REFRESH_TOKEN", "JWT_SIGNING_KEY", "ENCRYPTION_KEY", "private_key", "privKeyPass", "SSH_PASSPHRASE", "keystorePassword", "KEYSTORE_PASS", "credentials",
        "REGISTRY_AUTH", "identitytoken", "registrytoken", "sas_token", "AccountKey", "SharedAccessKey", "COOKIE_SECRET", "session_secret", "DJANGO_SECRET_KEY", "SECRET_KEY_BASE",
        "LDAP_BIND_PW", "bindpw", "ROOT_PW", "LUKS_PASSPHRASE", "secret", "K3S_TOKEN", "SWARM_JOIN_TOKEN", "PASSWORD1", "MYSQL_PWD", "passphrase", "pass", "auth", "TLS_KEY_PEM",
        "TOTP_SEED", "NPM_TOKEN", "_authToken", "SLACK_SIGNING_SECRET", "hmac_key", "Passwort", "DB_CREDS", "CONSUL_HTTP_TOKEN", "bearer_token", "master_key", "MINIO_ROOT_PASSWORD",
        "POSTGRES_PASSWORD_NEW", "old-password", "userPassword", "PASSWD", "service_account_key", "accessKey", "wpa_psk", "SNMP_COMMUNITY",
    ];

    private static readonly (string Label, Func<Random, string> Make)[] s_values =
    [
        ("plain", r => Word(r, 12)), ("mixed", r => Key(r, 16) + "!"), ("address characters", r => $"{Word(r)}@{Word(r)}:{Word(r)}/{Word(r)}"), ("hash", r => $"{Word(r)}#{Word(r)}"),
        ("percent", r => $"{Word(r)}%{Word(r)}%"), ("blanks", r => $"{Word(r)} {Word(r)} {Word(r)}"), ("double quote", r => $"{Word(r)}\"{Word(r)}"), ("single quote", r => $"{Word(r)}'{Word(r)}"),
        ("comma", r => $"{Word(r)},{Word(r)}"), ("semicolon", r => $"{Word(r)};{Word(r)}"), ("umlauts", r => $"ä{Word(r)}ß€{Word(r)}"), ("cyrillic", r => $"пароль{Word(r)}"),
        ("percent-encoded", r => $"{Word(r)}%40{Word(r)}"), ("base64", r => Key(r, 42) + "=="), ("backslash", r => $"{Word(r)}\\{Word(r)}"), ("dash first", r => "-" + Word(r)),
        ("dollar", r => $"${Word(r)}$"), ("digits", r => Digits(r, 10)), ("uuid", r => $"{Hex(r, 8)}-{Hex(r, 4)}-4{Hex(r, 3)}-a{Hex(r, 3)}-{Hex(r, 12)}"), ("hex", r => Hex(r, 64)),
        ("short", r => Word(r, 6)), ("long", r => Key(r, 180)), ("brackets", r => $"{{{Word(r)}}}[{Word(r)}]<{Word(r)}>"), ("ampersand", r => $"{Word(r)}&{Word(r)}={Word(r)}"),
        ("slash first", r => $"/{Word(r)}+{Word(r)}"), ("colon", r => $"{Word(r)}: {Word(r)}"), ("equals first", r => $"={Word(r)}"), ("pipe", r => $"{Word(r)}|{Word(r)}~{Word(r)}"),
    ];

    /// <summary>Every form.</summary>
    public static FieldForm[] All { get; } = [.. Named(), .. Texts(), .. Blocks()];

    /// <summary>Every name with one value, and every value at least with two names.</summary>
    private static IEnumerable<FieldForm> Named()
    {
        for (int i = 0; i < s_names.Length; i++)
        {
            string name = s_names[i];
            (string label, Func<Random, string> make) = s_values[i % s_values.Length];
            yield return new FieldForm($"{name}, {label}", SecretKinds.Named, random => new PlantedSecret(name, make(random), ""));
        }
    }

    private static FieldForm Text(string label, Func<string, string> write, Func<Random, string>? make = null) => new(label, SecretKinds.Text, random =>
    {
        string secret = (make ?? (r => Word(r, 12)))(random);
        return new PlantedSecret("", secret, write(secret));
    });

    private static FieldForm Block(string label, Func<string, string> write, Func<Random, string>? make = null) => Text(label, write, make) with { Kind = SecretKinds.Lines };
}
