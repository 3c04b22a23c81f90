namespace Overlay2.Storage.Stores.Bolt;

/// <summary>What was wrong with a database, and where.</summary>
/// <param name="Reason">Why it could not be read.</param>
/// <param name="PageId">The page at fault; 0 and 1 are the meta pages.</param>
/// <param name="Detail">What was found.</param>
internal sealed record BoltError(BoltErrorReason Reason, ulong PageId, string Detail);
