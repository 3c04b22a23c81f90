namespace Overlay2.Storage.Engines.Containerd;

/// <summary>What was taken out of a database of containerd's, and what in it could not be understood.</summary>
/// <param name="mostRecords">The most records that are taken.</param>
internal sealed class ContainerdRecords<T>(int mostRecords)
    where T : new()
{
    private const int MostFaults = 1000;

    private readonly List<(StoreProblemReason Reason, string Detail)> _faults = [];
    private int _count;

    public T Value { get; } = new();

    public IReadOnlyList<(StoreProblemReason Reason, string Detail)> Faults => _faults;

    /// <summary>Whether one more record may be taken; the first that may not is a fault.</summary>
    public bool CanTake()
    {
        if (_count == mostRecords)
            _faults.Add((StoreProblemReason.TooMany, $"more than {mostRecords} records"));
        return ++_count <= mostRecords;
    }

    public void AddFault(string detail)
    {
        if (_faults.Count < MostFaults)
            _faults.Add((StoreProblemReason.Malformed, detail));
    }
}
