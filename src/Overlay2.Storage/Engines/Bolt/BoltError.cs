using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>What was wrong with a database, and where.</summary>
/// <param name="Reason">Why it could not be read.</param>
/// <param name="PageId">The page at fault; 0 and 1 are the meta pages.</param>
/// <param name="Detail">What was found.</param>
internal sealed record BoltError(BoltErrorReason Reason, ulong PageId, string Detail)
{
    /// <summary>The same as a problem of a store.</summary>
    /// <param name="path">The database's path on the host.</param>
    public StoreProblem ToProblem(BytePath path)
    {
        StoreProblemReason reason = Reason switch
        {
            BoltErrorReason.Changed => StoreProblemReason.Changed,
            BoltErrorReason.InputOutput => StoreProblemReason.InputOutput,
            _ => StoreProblemReason.Malformed,
        };
        return new StoreProblem(path, StoreOperation.Parse, reason, $"page {PageId}: {Detail}");
    }
}
