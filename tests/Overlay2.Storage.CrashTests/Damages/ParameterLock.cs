namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>Keeps tests waiting that change the parameters of the overlay module, which are the whole machine's.</summary>
internal static class ParameterLock
{
    private const string Name = "/tmp/overlay-params.lock";

    /// <summary>Who changes them holds this too, from before it waits: else runs that follow each other would keep it waiting for good.</summary>
    private const string Turn = "/tmp/overlay-params.turn";

    /// <summary>Takes the lock together with others that change nothing.</summary>
    public static FileStream Take()
    {
        // Opened so, a file is locked as flock(1) --shared does it.
        using FileStream turn = Take(Turn);
        return Take(Name);
    }

    private static FileStream Take(string name)
    {
        while (true)
        {
            try
            {
                return new FileStream(name, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            }
            catch (IOException)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
