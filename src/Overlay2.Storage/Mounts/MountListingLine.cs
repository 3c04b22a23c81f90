using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>Takes a line of mount(8) apart.</summary>
internal static class MountListingLine
{
    private static ReadOnlySpan<byte> On => " on /"u8;

    private static ReadOnlySpan<byte> Type => " type "u8;

    private static ReadOnlySpan<byte> LabelStart => ") ["u8;

    public static bool TryParse(
        ReadOnlyMemory<byte> line, int lineNumber, [NotNullWhen(true)] out MountListingEntry? entry, out MountListingErrorReason reason)
    {
        entry = null;
        reason = MountListingErrorReason.NoOptions;
        ReadOnlySpan<byte> body = line.Span;
        ReadOnlyMemory<byte> label = default;
        bool isAmbiguous = false;
        if (body is [.., (byte)']'])
        {
            int start = body.LastIndexOf(LabelStart);
            if (start < 0)
                return false;
            label = line[(start + LabelStart.Length)..^1];
            body = body[..(start + 1)];
            isAmbiguous = body.IndexOf(LabelStart) >= 0;
        }

        if (body is not [.., (byte)')'])
            return false;

        reason = MountListingErrorReason.NoMountPoint;
        int on = body.IndexOf(On);
        if (on < 0)
            return false;

        reason = MountListingErrorReason.NoType;
        if (!TryFindType(body, on + On.Length, out int type, out int typeEnd, out int types))
            return false;

        int point = on + On.Length - 1;
        isAmbiguous |= types > 1 || body[point..type].IndexOf(On) >= 0;
        entry = new MountListingEntry
        {
            LineNumber = lineNumber,
            Source = ByteString.Wrap(line[..on]),
            MountPoint = new BytePath(ByteString.Wrap(line[point..type])),
            FileSystemType = ByteString.Wrap(line[(type + Type.Length)..typeEnd]),
            Options = ByteString.Wrap(line[(typeEnd + 2)..(body.Length - 1)]),
            Label = ByteString.Wrap(label),
            IsAmbiguous = isAmbiguous,
        };
        return true;
    }

    /// <summary>Finds the last <c> type NAME (</c>; where some are followed by rw or ro, as mount(8) always prints, the last of those.</summary>
    private static bool TryFindType(ReadOnlySpan<byte> body, int from, out int type, out int typeEnd, out int count)
    {
        type = typeEnd = -1;
        count = 0;
        bool isFirm = false;
        int next;
        for (int at = from; (next = body[at..].IndexOf(Type)) >= 0; at += next + Type.Length - 1)
        {
            int start = at + next;
            int nameStart = start + Type.Length;
            int end = nameStart + body[nameStart..].IndexOf((byte)' ');
            if (end <= nameStart || body[end..] is not [_, (byte)'(', .. var options])
                continue;

            bool startsFirm = options is [(byte)'r', (byte)'w' or (byte)'o', (byte)',' or (byte)')', ..];
            if (isFirm && !startsFirm)
                continue;
            count = startsFirm == isFirm ? count + 1 : 1;
            isFirm = startsFirm;
            type = start;
            typeEnd = end;
        }

        return type >= 0;
    }
}
