using System.Runtime.Versioning;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Tests.Interop;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Two runs may make the same directories on the way to their journals.</summary>
[SupportedOSPlatform("linux")]
[Collection(ChangingCallsCollection.Name)]
public sealed class PrivateDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("overlay2-private-");
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public void Dispose()
    {
        ChangingCalls.Disturbance = null;
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public void What_another_run_makes_meanwhile_is_taken()
    {
        Queue<string> rivals = new([$"{_scratch}/above", $"{_scratch}/above/journal"]);
        ChangingCalls.Disturbance = (_, _) =>
        {
            if (Environment.CurrentManagedThreadId == _thread)
                Directory.CreateDirectory(rivals.Dequeue(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return default;
        };

        using var directory = PrivateDirectory.Make(BytePath.FromText($"{_scratch}/above/journal"));

        Assert.Empty(rivals);
        Assert.Equal($"{_scratch}/above/journal", directory.Path.ToString());
    }
}
