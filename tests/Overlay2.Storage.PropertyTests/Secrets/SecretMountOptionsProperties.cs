using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration.Secrets;

namespace Overlay2.Storage.PropertyTests.Secrets;

public sealed class SecretMountOptionsProperties
{
    /// <summary>An option that ends with the word for what is left out: before it nothing is taken as harmless at one look.</summary>
    private const string Hidden = ",zz=REDACTED";

    private static readonly Gen<string> s_option = OneOf(
        "rw", "relatime", "errors=remount-ro", "lowerdir=/a:/b@c:d", "upperdir=/u\\,v", "context=\"a,b\"", "password=x", "username=me", "x-systemd.automount", "user_id=0", "size=10%",
        "credentials=/etc/c", "key=1", "a:b@c", "=", "", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "workdir=ghp_abcdefghijklmnopqrstuvwxyz0123456789", "data=on", "fsname=u:p@host", "pass=REDACTED", "REDACTED");

    [Fact]
    public void What_is_shown_at_one_look_is_what_the_whole_filter_shows() =>
        Gen.Select(OneOf("overlay", "cifs", "nfs4", "fuse.sshfs", "ext4", "unheard-of"), s_option.Array[0, 6]).Sample((type, options) =>
        {
            string text = string.Join(',', options);
            return $"{Filter(text)}{Hidden}" == Filter(text + Hidden)
                || Filter(text + ",rw").EndsWith("REDACTED,rw", StringComparison.Ordinal); // Behind what is hidden another rule holds.

            string Filter(string what) => SecretMountOptions.Filter(ByteString.FromText(type), ByteString.FromText(what)).ToString();
        }, iter: 20_000);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
