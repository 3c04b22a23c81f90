using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests;

/// <summary>The code of the README, run as tests: <see cref="ReadMeTests"/> holds both together.</summary>
public sealed class ReadMeExamples
{
    [Fact]
    public void Bytes()
    {
        // example: bytes
        var path = new BytePath([.. "/srv/caf"u8, 0xe9]);        // Latin-1, not UTF-8: kept as it is
        Console.WriteLine(path);                                 // /srv/caf\351
        bool same = BytePath.FromDisplay(path.ToString()) == path;
        // end of example

        Assert.True(same);
        Assert.Equal(@"/srv/caf\351", path.ToString());
    }
}
