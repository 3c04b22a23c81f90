namespace Overlay2.Storage.Repair;

/// <summary>A journal cannot be written or read.</summary>
/// <remarks>Nothing is done to the machine that is not in the journal before.</remarks>
public sealed class RepairJournalException : IOException
{
    internal RepairJournalException(string message)
        : base(message)
    {
    }
}
