using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A mount that the host's configuration asks for: a line of <c>/etc/fstab</c>.</summary>
/// <param name="MountPoint">Where it belongs.</param>
/// <param name="Source">What is to be mounted, as written.</param>
/// <param name="FileSystemType">The type, as written.</param>
/// <param name="Options">The options, as written.</param>
/// <param name="File">The file that says so.</param>
/// <param name="Line">The line in it, from 1.</param>
/// <remarks>Immutable and thread-safe. Source: fstab(5).</remarks>
public sealed record ConfiguredMount(BytePath MountPoint, ByteString Source, ByteString FileSystemType, ByteString Options, BytePath File, int Line)
{
    /// <summary>The mounts of an fstab; comments, swap and lines with too few fields are left out.</summary>
    /// <param name="fstab">The text: fields between blanks, in which <c>\040</c> stands for a blank.</param>
    /// <param name="file">Where it was read.</param>
    public static ImmutableArray<ConfiguredMount> ParseFstab(ReadOnlySpan<byte> fstab, BytePath file)
    {
        var mounts = ImmutableArray.CreateBuilder<ConfiguredMount>();
        int number = 0;
        foreach (Range range in fstab.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = fstab[range].Trim(" \t\r"u8);
            if (line is [(byte)'#', ..])
                continue;

            ByteString source = TakeField(ref line);
            ByteString mountPoint = TakeField(ref line);
            if (mountPoint.Span is [(byte)'/', ..])
                mounts.Add(new ConfiguredMount(new BytePath(mountPoint), source, TakeField(ref line), TakeField(ref line), file, number));
        }

        return mounts.ToImmutable();
    }

    private static ByteString TakeField(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> field = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[end..].TrimStart(" \t"u8);
        return new ByteString(OctalEscape.Unescape(field));
    }
}
