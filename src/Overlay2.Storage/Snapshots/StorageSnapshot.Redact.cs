using System.Security.Cryptography;

namespace Overlay2.Storage.Snapshots;

public sealed partial record StorageSnapshot
{
    /// <summary>The snapshot with every name that says something about the host replaced by a keyed hash: names, paths, ids.</summary>
    /// <remarks>
    /// Names keep their form and what agreed still agrees, so a diagnosis finds the same in it. Well-known names (<c>/var/lib/docker</c>,
    /// the engine's settings), numbers, the kernel and mount flags stay; log lines, what a file system that is not known calls its options, and
    /// members that nobody listed as fit to be shown are left out.
    /// </remarks>
    /// <param name="key">A secret, any length; with the same key the same name gives the same hash in every snapshot. Empty for a random one.</param>
    public StorageSnapshot Redact(ReadOnlySpan<byte> key = default)
    {
        byte[] secret = key.IsEmpty ? RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes) : key.ToArray();
        return new SnapshotRedactor(secret).Redact(SnapshotSecrets.Apply(this));
    }
}
