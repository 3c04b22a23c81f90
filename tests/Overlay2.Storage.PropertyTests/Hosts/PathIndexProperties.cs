using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.PropertyTests.Hosts;

public sealed class PathIndexProperties
{
    /// <summary>Names with characters before and behind the slash in the order of bytes.</summary>
    private static readonly Gen<BytePath> s_path = Gen.Select(Gen.Bool, OneOf("a", "a-", "a.b", "ab", "a0", "é", "").Array[0, 4])
        .Select((isAbsolute, components) => BytePath.FromText((isAbsolute ? "/" : "") + string.Join('/', components)));

    [Fact]
    public void What_is_below_a_directory_is_what_a_look_at_all_paths_finds() => Gen.Select(s_path.Array[0, 20], s_path.Array[1, 3]).Sample((paths, directories) =>
    {
        var index = new PathIndex<int>([.. Enumerable.Range(0, paths.Length)], i => paths[i]);

        return index.Below(directories).SequenceEqual(Enumerable.Range(0, paths.Length).Where(i => directories.Any(directory => paths[i].StartsWith(directory))));
    }, iter: 20_000);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
