using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.TestShared;

/// <summary>Compares the reader, by every kind of vector, with the plain parser. Vectors that the processor lacks are
/// composed of narrower ones and give the same answers.</summary>
internal static class MountInfoComparison
{
    /// <summary>Throws where an answer differs. The text is given twice so that it may lie where no array can.</summary>
    public static void Check(ReadOnlySpan<byte> text, byte[] copy)
    {
        List<MountInfoReferenceLine> expected = MountInfoReference.Parse(copy);
        Check<ByteWindowScalar>(text, expected);
        Check<ByteWindow128>(text, expected);
        Check<ByteWindow256>(text, expected);
        Check<ByteWindow512>(text, expected);
    }

    public static void Check(byte[] text) => Check(text, text);

    private static void Check<TWindow>(ReadOnlySpan<byte> text, List<MountInfoReferenceLine> expected)
        where TWindow : struct, IByteWindow
    {
        var reader = new MountInfoReader(text);
        foreach (MountInfoReferenceLine line in expected)
        {
            MountInfoStatus status = reader.TryRead<TWindow>();
            bool isBad = line.Error != default;
            Require<TWindow>(line.Number, "status", status == (isBad ? MountInfoStatus.BadLine : MountInfoStatus.Entry));
            CheckFields<TWindow>(reader, line);
        }

        Require<TWindow>(0, "end", reader.TryRead<TWindow>() == MountInfoStatus.End && reader.TryRead<TWindow>() == MountInfoStatus.End);
        CheckFields<TWindow>(reader, new MountInfoReferenceLine());

        reader = new MountInfoReader(text);
        foreach (MountInfoReferenceLine line in expected)
        {
            if (!line.FileSystemType.AsSpan().SequenceEqual("overlay"u8))
                continue;
            Require<TWindow>(line.Number, "overlay", reader.ReadOverlay<TWindow>());
            CheckFields<TWindow>(reader, line);
        }

        Require<TWindow>(0, "end of overlays", !reader.ReadOverlay<TWindow>() && !reader.ReadOverlay<TWindow>());
        CheckFields<TWindow>(reader, new MountInfoReferenceLine());
    }

    private static void CheckFields<TWindow>(in MountInfoReader reader, MountInfoReferenceLine line)
    {
        Require<TWindow>(line.Number, "error", reader.Error == line.Error);
        Require<TWindow>(line.Number, "line", reader.Line.SequenceEqual(line.Line));
        Require<TWindow>(line.Number, "root", reader.Root.SequenceEqual(line.Root));
        Require<TWindow>(line.Number, "mount point", reader.MountPoint.SequenceEqual(line.MountPoint));
        Require<TWindow>(line.Number, "options", reader.Options.SequenceEqual(line.Options));
        Require<TWindow>(line.Number, "optional fields", reader.OptionalFields.SequenceEqual(line.OptionalFields));
        Require<TWindow>(line.Number, "type", reader.FileSystemType.SequenceEqual(line.FileSystemType));
        Require<TWindow>(line.Number, "source", reader.Source.SequenceEqual(line.Source));
        Require<TWindow>(line.Number, "super options", reader.SuperOptions.SequenceEqual(line.SuperOptions));

        bool hasLine = line.Line.Length > 0;
        bool got = reader.TryGetMountId(out int value);
        Require<TWindow>(line.Number, "mount id", got == (hasLine && line.MountId.Error == default) && value == line.MountId.Value);
        got = reader.TryGetParentId(out value);
        Require<TWindow>(line.Number, "parent id", got == (hasLine && line.ParentId.Error == default) && value == line.ParentId.Value);
        got = reader.TryGetMajor(out value);
        Require<TWindow>(line.Number, "major", got == (hasLine && line.Major.Error == default) && value == line.Major.Value);
        got = reader.TryGetMinor(out value);
        Require<TWindow>(line.Number, "minor", got == (hasLine && line.Minor.Error == default) && value == line.Minor.Value);
        if (hasLine)
            CheckNumbers<TWindow>(reader, line);
    }

    /// <summary>The properties, which decode in another way than the methods and say where and why.</summary>
    private static void CheckNumbers<TWindow>(in MountInfoReader reader, MountInfoReferenceLine line)
    {
        try
        {
            Require<TWindow>(line.Number, "mount id property", reader.MountId == line.MountId.Value && line.MountId.Error == default);
        }
        catch (MountInfoFormatException e)
        {
            Require<TWindow>(line.Number, "mount id error", e.Error == line.MountId.Error);
        }

        try
        {
            Require<TWindow>(line.Number, "parent id property", reader.ParentId == line.ParentId.Value && line.ParentId.Error == default);
        }
        catch (MountInfoFormatException e)
        {
            Require<TWindow>(line.Number, "parent id error", e.Error == line.ParentId.Error);
        }

        try
        {
            Require<TWindow>(line.Number, "major property", reader.Major == line.Major.Value && line.Major.Error == default);
        }
        catch (MountInfoFormatException e)
        {
            Require<TWindow>(line.Number, "major error", e.Error == line.Major.Error);
        }

        try
        {
            Require<TWindow>(line.Number, "minor property", reader.Minor == line.Minor.Value && line.Minor.Error == default);
        }
        catch (MountInfoFormatException e)
        {
            Require<TWindow>(line.Number, "minor error", e.Error == line.Minor.Error);
        }
    }

    private static void Require<TWindow>(int line, string what, bool isTrue)
    {
        if (!isTrue)
            throw new InvalidOperationException($"{typeof(TWindow).Name}, line {line}: {what} differs from the plain parser.");
    }
}
