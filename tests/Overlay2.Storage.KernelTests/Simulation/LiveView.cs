using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Compares whole trees at the end of a round: the merged view with its contents and identities, and the upper layer with its marks.</summary>
internal sealed class LiveView(KernelSide kernel, SimulatorSide simulator)
{
    private readonly Dictionary<string, string> _toSimulator = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _toKernel = new(StringComparer.Ordinal);

    /// <returns>The first difference of what the overlay shows, or <see langword="null"/>.</returns>
    public string? Compare(string path = "")
    {
        LiveCall[] calls = [LiveCall.Stat, LiveCall.ListAttributes, LiveCall.ReadLink, LiveCall.ReadDirectory];
        string names = "", shown = path.Length == 0 ? "/" : path;
        foreach (LiveCall call in calls)
        {
            var operation = new LiveOperation(call, path, "", 0, []);
            names = kernel.Run(operation);
            string answer = simulator.Run(operation with { Path = shown });
            if (names != answer)
                return Difference($"view {call} {path}", names, answer);
        }

        string identity = kernel.Identity(path), ours = simulator.Identity(shown);
        if (!IsSame(identity, ours))
            return Difference($"identity of {path}", identity, ours);
        if (!names.StartsWith("OK ", StringComparison.Ordinal))
        {
            string content = kernel.ReadAll(path), expected = simulator.ReadAll(path);
            return content == expected ? null : Difference($"content of {path}", content, expected);
        }

        return names[3..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => Compare(path.Length == 0 ? n : path + "/" + n)).FirstOrDefault(d => d is not null);
    }

    /// <returns>The first difference of the upper layer, or <see langword="null"/>: names, types, modes, owners, links, contents, marks and their values.</returns>
    public static string? CompareUpper(string folder, LayerTree tree)
    {
        using var kernel = new KernelSide(folder);
        string[] real = [.. Names(kernel, "").Order(StringComparer.Ordinal)];
        string[] simulated = [.. tree.Entries.Where(e => !e.Path.IsEmpty).Select(e => e.Path.ToString()).Order(StringComparer.Ordinal)];
        if (!real.SequenceEqual(simulated))
            return Difference("upper names", string.Join(' ', real), string.Join(' ', simulated));
        return tree.Entries.Select(entry => CompareEntry(kernel, entry, tree)).FirstOrDefault(d => d is not null);
    }

    private static string? CompareEntry(KernelSide kernel, LayerEntry entry, LayerTree tree)
    {
        string path = entry.Path.ToString();
        if (entry.HardLinkTo is { } first)
            return kernel.Identity(path) == kernel.Identity(first.ToString()) ? null : Difference($"upper link {path}", "another object", first.ToString());
        string marks = kernel.Run(new LiveOperation(LiveCall.ListAttributes, path, "", 0, []));
        string expected = Answer.OfNames(entry.ExtendedAttributes.Keys.Select((ByteString n) => n.ToString()));
        if (marks != expected)
            return Difference($"upper attributes of {path}", marks, expected);

        // Handles and the UUID hold numbers that only the real file system knows.
        foreach ((ByteString name, var value) in entry.ExtendedAttributes.Where(a => a.Key.ToString() is not ("trusted.overlay.origin" or "trusted.overlay.uuid")))
        {
            string got = kernel.Attribute(path, name.ToString()), wanted = "OK " + Convert.ToHexString(value.AsSpan());
            if (got != wanted)
                return Difference($"upper attribute {name} of {path}", got, wanted);
        }

        string[] status = kernel.Run(new LiveOperation(LiveCall.Stat, path, "", 0, [])).Split(' ');
        int type = entry.Type switch { FileType.Directory => 0x4000, FileType.SymbolicLink => 0xA000, FileType.CharacterDevice => 0x2000, _ => 0x8000 };
        string mode = Convert.ToString(type | entry.Mode, 8), owner = $"{entry.Uid}:{entry.Gid}";
        if (status[1] != mode || status[2] != owner)
            return Difference($"upper mode and owner of {path}", status[1] + " " + status[2], mode + " " + owner);
        int names = 1 + tree.Entries.Count(e => e.HardLinkTo == entry.Path);
        if (entry.Type == FileType.Regular && int.Parse(status[4], System.Globalization.CultureInfo.InvariantCulture) < names)
            return Difference($"upper links of {path}", status[4], "at least " + names);
        if (entry.Type != FileType.Regular)
            return null;
        byte[] bytes = new byte[entry.Size];
        foreach (LayerData piece in entry.Content)
            piece.Bytes.Span.CopyTo(bytes.AsSpan((int)piece.Offset));
        string content = kernel.ReadAll(path);
        return content == Convert.ToHexString(bytes) ? null : Difference($"upper content of {path}", content, Convert.ToHexString(bytes));
    }

    private static string Difference(string what, string kernel, string simulator) => $"{what}\n   kernel    {kernel}\n   simulator {simulator}";

    /// <summary>Whether two identities go together: each stands for one of the other side.</summary>
    private bool IsSame(string real, string simulated)
    {
        if (!_toSimulator.TryAdd(real, simulated))
            return _toSimulator[real] == simulated;
        return _toKernel.TryAdd(simulated, real);
    }

    /// <summary>All paths below a directory; symbolic links are not followed, as Directory.Enumerate would.</summary>
    private static IEnumerable<string> Names(KernelSide kernel, string path)
    {
        string names = kernel.Run(new LiveOperation(LiveCall.ReadDirectory, path, "", 0, []));
        Assert.StartsWith("OK ", names, StringComparison.Ordinal);
        foreach (string name in names[3..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string child = path.Length == 0 ? name : path + "/" + name;
            yield return child;
            string status = kernel.Run(new LiveOperation(LiveCall.Stat, child, "", 0, []));
            if (!status.StartsWith("OK 4", StringComparison.Ordinal))
                continue;
            foreach (string below in Names(kernel, child))
                yield return below;
        }
    }
}
