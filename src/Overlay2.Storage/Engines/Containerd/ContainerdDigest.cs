using System.Buffers;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Digests as containerd writes them, <c>ALGORITHM:HEX</c>, and the places of their blobs.</summary>
/// <remarks>Source: the OCI image specification, descriptors; the content store as observed on containerd 1.6.</remarks>
internal static class ContainerdDigest
{
    private const int MaxAlgorithmLength = 32;
    private const int MinLength = 32;
    private const int MaxLength = 128;

    private static readonly SearchValues<byte> s_algorithm = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789"u8);
    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Whether a digest has the form, so that its parts are names of one component each.</summary>
    public static bool IsDigest(ByteString digest)
    {
        ReadOnlySpan<byte> text = digest.Span;
        int colon = text.IndexOf((byte)':');
        return colon is > 0 and <= MaxAlgorithmLength && !text[..colon].ContainsAnyExcept(s_algorithm)
            && text[(colon + 1)..] is { Length: >= MinLength and <= MaxLength } hexadecimal && !hexadecimal.ContainsAnyExcept(s_hexadecimal);
    }

    /// <summary>Where the blob of a digest is, below containerd's root.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="blobs">The directory of blobs there.</param>
    /// <param name="path">The blob.</param>
    /// <returns><see langword="false"/> where it is no digest.</returns>
    public static bool TryGetBlob(ByteString digest, BytePath blobs, out BytePath path)
    {
        path = default;
        if (!IsDigest(digest))
            return false;
        int colon = digest.Span.IndexOf((byte)':');
        path = blobs.Combine(new BytePath(digest.Span[..colon])).Combine(new BytePath(digest.Span[(colon + 1)..]));
        return true;
    }
}
