using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Compares whole trees at the end of a round.</summary>
internal static class LiveView
{
    /// <returns>The first difference of what the overlay shows, or <see langword="null"/>.</returns>
    public static string? Compare(string what, KernelSide kernel, SimulatorSide simulator, string path)
    {
        LiveCall[] calls = [LiveCall.Stat, LiveCall.ListAttributes, LiveCall.ReadLink, LiveCall.ReadDirectory];
        string names = "";
        foreach (LiveCall call in calls)
        {
            var operation = new LiveOperation(call, path, "", 0, []);
            names = kernel.Run(operation);
            string answer = simulator.Run(operation with { Path = path.Length == 0 ? "/" : path });
            if (names != answer)
                return $"{what} {call} {path}\n   kernel    {names}\n   simulator {answer}";
        }

        return !names.StartsWith("OK ", StringComparison.Ordinal)
            ? null
            : names[3..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(n => Compare(what, kernel, simulator, path.Length == 0 ? n : path + "/" + n)).FirstOrDefault(d => d is not null);
    }

    /// <returns>The first difference of the upper layer: objects, types, modes, owners and names of attributes.</returns>
    public static string? CompareUpper(string folder, LayerTree tree)
    {
        var kernel = new KernelSide(folder);
        string[] real = [.. Names(kernel, "").Order(StringComparer.Ordinal)];
        string[] simulated = [.. tree.Entries.Where(e => !e.Path.IsEmpty).Select(e => e.Path.ToString()).Order(StringComparer.Ordinal)];
        if (!real.SequenceEqual(simulated))
            return $"upper names\n   kernel    {string.Join(' ', real)}\n   simulator {string.Join(' ', simulated)}";
        foreach (LayerEntry entry in tree.Entries.Where(e => e.HardLinkTo is null))
        {
            string path = entry.Path.ToString();
            string marks = kernel.Run(new LiveOperation(LiveCall.ListAttributes, path, "", 0, []));
            string expected = Answer.OfNames(entry.ExtendedAttributes.Keys.Select((ByteString n) => n.ToString()));
            if (marks != expected)
                return $"upper attributes of {path}\n   kernel    {marks}\n   simulator {expected}";
            string status = kernel.Run(new LiveOperation(LiveCall.Stat, path, "", 0, [])).Split(' ')[1];
            int type = entry.Type switch { FileType.Directory => 0x4000, FileType.SymbolicLink => 0xA1FF, FileType.CharacterDevice => 0x2000, _ => 0x8000 };
            if (status != Convert.ToString(type | entry.Mode, 8))
                return $"upper mode of {path}\n   kernel    {status}\n   simulator {Convert.ToString(type | entry.Mode, 8)}";
        }

        return null;
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
