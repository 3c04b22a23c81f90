namespace Overlay2.Storage.Engines.Bolt;

/// <summary>Carries a <see cref="BoltError"/> out of a walk over pages; <see cref="BoltDatabase"/> turns it into its answer.</summary>
internal sealed class BoltException : Exception
{
    public BoltException()
        : this(new BoltError(BoltErrorReason.Damaged, 0, ""))
    {
    }

    public BoltException(string message)
        : this(new BoltError(BoltErrorReason.Damaged, 0, message))
    {
    }

    public BoltException(string message, Exception innerException)
        : base(message, innerException) => Error = new BoltError(BoltErrorReason.Damaged, 0, message);

    public BoltException(BoltError error)
        : base($"page {error.PageId}: {error.Detail}") => Error = error;

    public BoltError Error { get; }

    public static BoltException Damaged(ulong pageId, string detail) => new(new BoltError(BoltErrorReason.Damaged, pageId, detail));
}
