using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Layers;

namespace Overlay2.Cli;

/// <summary>Reads the words that name an operation.</summary>
internal static class OperationArgument
{
    public const string Forms =
        "read, append [BYTES], write [BYTES], empty (open with O_TRUNC), truncate SIZE, create [MODE], mkdir [MODE], unlink, rmdir, "
        + "rename TARGET, link TARGET, symlink TEXT, chmod MODE, chown UID[:GID], touch, setxattr NAME VALUE, removexattr NAME";

    /// <summary>The operation.</summary>
    /// <param name="words">Its name and arguments.</param>
    /// <param name="locate">Turns a path of the command line into one from the root of the overlay.</param>
    /// <exception cref="UsageException">The words make no operation.</exception>
    public static OverlayOperation Parse(IReadOnlyList<string> words, Func<string, BytePath> locate) => words switch
    {
        ["read"] => OverlayOperation.Read,
        ["append"] => OverlayOperation.Append(),
        ["append", var length] => OverlayOperation.Append(Length(length)),
        ["write"] => OverlayOperation.Write(),
        ["write", var length] => OverlayOperation.Write(Length(length)),
        ["empty"] => OverlayOperation.Empty,
        ["truncate", var size] when long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long value) => OverlayOperation.Truncate(value),
        ["create"] => OverlayOperation.Create(),
        ["create", var mode] => OverlayOperation.Create(Mode(mode)),
        ["mkdir"] => OverlayOperation.MakeDirectory(),
        ["mkdir", var mode] => OverlayOperation.MakeDirectory(Mode(mode)),
        ["unlink"] => OverlayOperation.Unlink,
        ["rmdir"] => OverlayOperation.RemoveDirectory,
        ["rename", var target] => OverlayOperation.Rename(locate(target)),
        ["link", var target] => OverlayOperation.HardLink(locate(target)),
        ["symlink", var text] => OverlayOperation.SymbolicLink(BytePath.FromText(text)),
        ["chmod", var mode] => OverlayOperation.ChangeMode(Mode(mode)),
        ["chown", var owner] => Owner(owner),
        ["touch"] => OverlayOperation.Touch,
        ["setxattr", var name, var value] => OverlayOperation.SetAttribute(ByteString.FromText(name), ByteString.FromText(value)),
        ["removexattr", var name] => OverlayOperation.RemoveAttribute(ByteString.FromText(name)),
        _ => throw new UsageException($"\"{string.Join(' ', words)}\" is no operation; there are: {Forms}."),
    };

    private static int Length(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= OverlayOperation.LongestWrite
            ? length
            : throw new UsageException($"{text} is no length up to {OverlayOperation.LongestWrite} bytes.");

    private static int Mode(string text)
    {
        const int Most = 0xFFF;
        int mode = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || mode > Most)
                throw new UsageException($"{text} is no octal mode.");
            mode = (mode * 8) + (digit - '0');
        }

        return mode <= Most ? mode : throw new UsageException($"{text} is no octal mode.");
    }

    private static OverlayOperation Owner(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length <= 2 && TryId(parts[0], out uint? uid) && TryId(parts.Length == 2 ? parts[1] : "", out uint? gid)
            ? OverlayOperation.ChangeOwner(uid, gid)
            : throw new UsageException($"{text} is no UID[:GID] in numbers.");
    }

    private static bool TryId(string text, out uint? id)
    {
        id = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : null;
        return id is not null || text.Length == 0;
    }
}
