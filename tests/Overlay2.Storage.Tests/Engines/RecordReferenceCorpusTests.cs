using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>What dangles in each recorded state of a real engine: the fault that was made, and nothing else.</summary>
public sealed class RecordReferenceCorpusTests
{
    /// <summary>The one link that the engine itself left behind when it refused a create; see the README of the recordings.</summary>
    private const string LeftLink = "ShortLink -> Layer: Dangling NoSuchDirectory";

    private static readonly string[] s_covered = ["Chain -> Layer: Dangling NoSuchDirectory", "MountRecord -> Layer: Dangling NoSuchDirectory"];

    private static readonly string[] s_halfRemoved = ["Layer -> ShortLink: Dangling NoSuchEntry", "LowerElement -> ShortLink: Dangling NoSuchEntry"];

    private static readonly Dictionary<string, string[]> s_dangling = new(StringComparer.Ordinal)
    {
        ["empty-link-file"] = ["Layer -> ShortLink: Dangling EmptyRecord"],
        ["empty-link-file-new-container-running"] = ["Layer -> ShortLink: Dangling EmptyRecord", "LowerElement -> ShortLink: Dangling EmptyRecord"],
        ["engine-killed"] = [LeftLink],
        ["engine-restarted-after-kill"] = [LeftLink],
        ["immutable-file-blocks-removal"] = [.. s_halfRemoved, LeftLink],
        ["l-symlink-to-wrong-layer"] = ["Layer -> ShortLink: Dangling LeadsElsewhere", "ShortLink -> Layer: Dangling LeadsElsewhere"],
        ["layerdb-missing-cache-id"] = ["Chain -> Layer: Dangling NoSuchEntry", LeftLink],
        ["layerdb-missing-mount-id"] = ["MountRecord -> Layer: Dangling NoSuchEntry", LeftLink],
        ["lower-file-empty"] = ["LowerElement -> ShortLink: Dangling EmptyRecord", LeftLink],
        ["lower-file-missing"] = ["LowerElement -> ShortLink: Dangling NoSuchEntry", LeftLink],
        ["missing-l-symlink"] = ["Layer -> ShortLink: Dangling NoSuchEntry", "LowerElement -> ShortLink: Dangling NoSuchEntry"],
        ["missing-link-file"] = ["Layer -> ShortLink: Dangling NoSuchEntry"],
        ["missing-lower-diff-dir"] = [LeftLink],
        ["missing-lower-layer-dir"] = ["Chain -> Layer: Dangling NoSuchDirectory", LeftLink],
        ["missing-upper-diff-dir"] = [LeftLink],
        ["redirect-xattr-in-upper"] = [LeftLink],
        ["shadow-foreign-fs"] = s_covered,
        ["shadow-foreign-fs-after-rm"] = s_covered,
        ["shadow-self-bind-after-failed-rm"] = s_halfRemoved,
        ["shadow-twice"] = s_covered,
        ["workdir-missing"] = [LeftLink],
        ["workdir-stale-temporaries"] = [LeftLink],
        ["workdir-uncleanable"] = [LeftLink],
        ["workdir-volatile-marker"] = [LeftLink],
    };

    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void What_dangles_is_what_was_damaged(string state) =>
        Assert.Equal(s_dangling.GetValueOrDefault(state, []), RecordReferenceText.Unresolved(DockerRootCorpus.Read(state)));

    [Theory]
    [InlineData("missing-lower-diff-dir", 2)]
    [InlineData("missing-upper-diff-dir", 2)]
    [InlineData("workdir-missing", 1)]
    public void The_link_to_lost_files_dangles_beside_the_one_that_was_left(string state, int links) =>
        Assert.Equal(links, DockerRootCorpus.Read(state).RecordReferences.Count(reference => reference.IsDangling && reference.From.Kind == RecordKind.ShortLink));
}
