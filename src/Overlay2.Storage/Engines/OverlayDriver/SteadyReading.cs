using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>Reads a store until two readings agree on which records are lost: an engine that works meanwhile leaves records of several moments.</summary>
internal static class SteadyReading
{
    private const int MostAttempts = 4;

    /// <param name="read">Reads the whole store; a sound one is read once.</param>
    public static T Read<T>(Func<T> read)
        where T : OverlayDriverStore
    {
        List<ByteString> before = [];
        for (int attempt = 1; ; attempt++)
        {
            T store = read();
            List<ByteString> lost = [.. store.FindLostRecords()];
            if (lost.Count == 0 || lost.SequenceEqual(before))
                return store;
            if (attempt == MostAttempts)
            {
                return (T)(store with
                {
                    ReadProblems = [.. store.ReadProblems, new StoreProblem(store.DataRoot, StoreOperation.List, StoreProblemReason.Changed, $"the engine wrote to its records during each of {MostAttempts} attempts to read them")],
                });
            }

            before = lost;
        }
    }
}
