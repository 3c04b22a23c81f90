using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>A place for one journal.</summary>
internal sealed class JournalDirectory : IDisposable
{
    /// <summary>Thousands of journals are synchronized: in memory that costs nothing.</summary>
    private const string Memory = "/dev/shm";

    private readonly string _directory = Directory.CreateDirectory(System.IO.Path.Combine(Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath(), $"overlay2-journal-{Guid.NewGuid():N}")).FullName;

    public BytePath Path => BytePath.FromText($"{_directory}/journal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
