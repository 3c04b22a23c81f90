using static Overlay2.Storage.PropertyTests.Secrets.FieldWords;

namespace Overlay2.Storage.PropertyTests.Secrets;

internal static partial class FieldForms
{
    /// <summary>Secrets that take several lines.</summary>
    private static IEnumerable<FieldForm> Blocks() =>
    [
        Block("RSA key", s => $"-----BEGIN RSA PRIVATE KEY-----\n{s}\n-----END RSA PRIVATE KEY-----", r => $"{Key(r, 64)}\n{Key(r, 64)}\n{Key(r, 30)}=="),
        Block("key of OpenSSH", s => $"-----BEGIN OPENSSH PRIVATE KEY-----\n{s}\n-----END OPENSSH PRIVATE KEY-----", r => $"b3BlbnNzaC1r{Key(r, 58)}\n{Key(r, 70)}\n{Key(r, 44)}="),
        Block("encrypted key", s => $"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n{s}\n-----END RSA PRIVATE KEY-----", r => $"{Key(r, 64)}\n{Key(r, 64)}"),
        Block("key without its end", s => $"-----BEGIN EC PRIVATE KEY-----\n{s}", r => $"{Key(r, 64)}\n{Key(r, 64)}"),
        Block("key of PGP", s => $"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{s}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----", r => $"{Key(r, 64)}\n{Key(r, 64)}"),
        Block("key, indented", s => $"tls:\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    {s}\n    -----END PRIVATE KEY-----", r => $"{Key(r, 64)}\n    {Key(r, 64)}"),
        Block("Docker configuration", s => $$"""
            {
              "auths": {
                "registry.example": {
                  "auth": "{{s}}"
                }
              }
            }
            """, r => Encode($"ci:{Word(r)}")),
        Block("YAML", s => $"db:\n  host: db\n  user: app\n  password: {s}\n  port: 5432"),
        Block("YAML, quoted", s => $"db:\n  password: \"{s}\"\n  port: 5432", r => $"{Word(r)} {Word(r)}"),
        Block("YAML, literal", s => $"db:\n  password: |\n    {s}\n  port: 5432"),
        Block("netrc", s => $"machine repo.example\nlogin ci\npassword {s}"),
        Block("aws credentials", s => $"[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {s}", r => Key(r, 40)),
        Block("request", s => $"GET /v2/ HTTP/1.1\nHost: r.example\nAuthorization: Bearer {s}\nAccept: */*", r => Key(r, 60)),
        Block("command over lines", s => $"docker login \\\n  --username ci \\\n  --password {s} \\\n  registry.example"),
        Block("kubeconfig", s => $"users:\n- name: admin\n  user:\n    token: {s}", r => Key(r, 50)),
        Block("cifs credentials", s => $"username=svc\npassword={s}\ndomain=CORP"),
    ];
}
