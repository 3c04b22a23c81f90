namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>Keeps tests waiting that change the parameters of the overlay module, which are the whole machine's.</summary>
internal static class ParameterLock
{
    private const string Name = "/tmp/overlay-params.lock";

    /// <summary>Takes the lock together with others that change nothing.</summary>
    public static FileStream Take()
    {
        while (true)
        {
            try
            {
                // Opened so, a file is locked as flock(1) --shared does it.
                return new FileStream(Name, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            }
            catch (IOException)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
