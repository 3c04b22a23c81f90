using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Shows real trees as the recorder sees them from below.</summary>
internal sealed class TreeDump(ScenarioWorld world, MarkNames marks, ScenarioBudget budget)
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly Dictionary<BackingInode, (int Version, long Size, string Hash)> _hashes = [];

    /// <summary>Shows a tree; objects that have no name yet get one.</summary>
    /// <param name="name">The name of the layer or work directory.</param>
    /// <param name="operation">The operation after which this is, for new names; <see langword="null"/> gives none.</param>
    public Dictionary<ByteString, DumpEntry> Dump(string name, int? operation)
    {
        BackingInode root = world.Layers[name];
        bool isWork = name[0] == 'w';
        List<(ByteString Path, BackingInode Inode)> walk = TreeWalk.Of(root);
        if (operation is { } number)
        {
            foreach ((ByteString path, BackingInode inode) in walk)
            {
                world.Note(inode, string.Create(CultureInfo.InvariantCulture, $"@{number}:{name}:{ShownPath(path, isWork, root.FileSystem)}"));
                world.Pin(inode);
            }
        }

        Dictionary<ByteString, DumpEntry> entries = [];
        foreach ((ByteString path, BackingInode inode) in walk)
        {
            string shown = ShownPath(path, isWork, root.FileSystem);
            ByteString key = isWork ? ByteString.FromText(shown) : path;
            for (int i = 2; entries.ContainsKey(key); i++)
                key = ByteString.FromText(shown + "~" + i.ToString(CultureInfo.InvariantCulture));
            entries.Add(key, Show(key, inode, isWork, isWork && shown is "" or "work" or "index" or "work/incompat"));
        }

        return entries;
    }

    /// <summary>The first 16 digits of the SHA-256 of a whole file.</summary>
    public string HashOf(BackingInode inode)
    {
        if (_hashes.TryGetValue(inode, out (int Version, long Size, string Hash) known) && known.Version == inode.ContentVersion && known.Size == inode.Size)
            return known.Hash;
        budget.Take(inode.Size);
        string hash = HashOf(BackingFileSystem.Read(inode, 0, inode.Size));
        _hashes[inode] = (inode.ContentVersion, inode.Size, hash);
        return hash;
    }

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));

    public static string ShowValue(ReadOnlySpan<byte> value) => value.Length <= 64
        ? "x:" + Convert.ToHexStringLower(value)
        : string.Create(CultureInfo.InvariantCulture, $"h:{value.Length}:{HashOf(value)}");

    private DumpEntry Show(ByteString path, BackingInode inode, bool isWork, bool hidesLinks)
    {
        var entry = new DumpEntry { Path = path };
        entry.Add("t", ScenarioJson.Quote(inode.IsWhiteout ? "whiteout" : ScenarioNames.WordOf(inode.Type)));
        entry.Add("m", ScenarioJson.Quote(ScenarioNames.Octal(inode.Mode)));
        entry.Add("u", ScenarioJson.Number(inode.Uid));
        entry.Add("g", ScenarioJson.Number(inode.Gid));
        if (!hidesLinks)
            entry.Add("n", ScenarioJson.Number(inode.LinkCount));
        entry.Add("id", ScenarioJson.Quote(world.LabelOf(inode) ?? "?"));
        if (inode.Type is FileType.Regular or FileType.SymbolicLink)
            entry.Add("s", ScenarioJson.Number(inode.Size));
        if (inode.Type is FileType.CharacterDevice or FileType.BlockDevice && !inode.IsWhiteout)
            entry.Add("rdev", string.Create(CultureInfo.InvariantCulture, $"[{inode.Device.Major},{inode.Device.Minor}]"));
        if (inode.Type == FileType.SymbolicLink)
            entry.Add("to", ScenarioJson.Quote(inode.LinkTarget.Span));
        if (!isWork)
        {
            entry.Add("at", ScenarioNames.Time(inode.AccessTime));
            entry.Add("mt", ScenarioNames.Time(inode.ModificationTime));
        }

        if (inode.ExtendedAttributes.Count > 0)
            entry.Add("x", ScenarioJson.Object(inode.FileSystem.ShownAttributes(inode).OrderBy(static item => item.Key).Select(item => (item.Key, ShowAttribute(item.Key, item.Value, inode.FileSystem)))));
        if (inode.Type == FileType.Regular)
        {
            entry.Add("sha", ScenarioJson.Quote(HashOf(inode)));
            List<(long Start, long End)> ranges = inode.FileSystem.DataRanges(inode);
            bool isWhole = inode.Size == 0 ? ranges.Count == 0 : ranges is [(0, long end)] && end == inode.Size;
            if (!isWhole)
                entry.Add("data", "[" + string.Join(',', ranges.Select(static range => string.Create(CultureInfo.InvariantCulture, $"[{range.Start},{range.End}]"))) + "]");
        }

        return entry;
    }

    private string ShowAttribute(ByteString name, byte[] value, BackingFileSystem fileSystem)
    {
        if (name == marks.Origin || name == marks.Upper)
            return ShowMarkHandle(value, fileSystem);
        if (name == marks.Uuid)
            return ScenarioJson.Quote("uuid:" + ScenarioJson.Number(value.Length));
        bool isText = name == marks.Redirect || name == marks.LinkCount || name == marks.Opaque || name == marks.Impure || name == marks.Protection || name == marks.Whiteout;
        return isText ? ScenarioJson.Quote([.. "s:"u8, .. value]) : ScenarioJson.Quote(ShowValue(value));
    }

    private string ShowMarkHandle(byte[] value, BackingFileSystem fileSystem)
    {
        if (!OverlayFileHandle.IsWellFormed(value))
            return """{"fh":null}""";
        string label = ScenarioJson.Quote(LabelOfHandle(value, fileSystem));
        string isUpper = OverlayFileHandle.IsUpper(value) ? "true" : "false";
        string uuid = OverlayFileHandle.Uuid(value).ContainsAnyExcept((byte)0) ? "fs" : "null";
        return $$$"""{"fh":{"of":{{{label}}},"upper":{{{isUpper}}},"uuid":"{{{uuid}}}"}}""";
    }

    private string LabelOfHandle(ReadOnlySpan<byte> handle, BackingFileSystem fileSystem)
    {
        BackingFileSystem owner = world.FindFileSystem(OverlayFileHandle.Uuid(handle), fileSystem);
        return world.LabelOf(owner, OverlayFileHandle.Number(handle)) ?? "?";
    }

    /// <summary>A path as it is shown: below a work directory, names that depend on chance are replaced.</summary>
    private string ShownPath(ByteString path, bool isWork, BackingFileSystem fileSystem)
    {
        if (!isWork)
            return path.ToString();
        string[] parts = path.ToString().Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].StartsWith('#'))
                parts[i] = "#tmp";
            else if (i == 1 && parts[0] == "index" && parts[i].Length >= 20 && !parts[i].AsSpan().ContainsAnyExcept(s_hexDigits))
                parts[i] = "<" + ShownHandle(Convert.FromHexString(parts[i]), fileSystem) + ">";
        }

        return string.Join('/', parts);
    }

    private string ShownHandle(byte[] handle, BackingFileSystem fileSystem)
    {
        string label = LabelOfHandle(handle, fileSystem);
        return OverlayFileHandle.Uuid(handle).ContainsAnyExcept((byte)0) ? label : label + "/null";
    }
}
