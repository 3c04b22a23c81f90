using System.Globalization;
using System.Text;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>Lines with unique ids, parents that exist, and one device per file system, until the table is full.</summary>
/// <remarks>Text is one character per byte (Latin-1), so that any byte can be written.</remarks>
internal sealed class MountInfoBuilder(Random random, int limit)
{
    public const string Relatime = "rw,relatime";
    public const string NoExecution = "rw,nosuid,nodev,noexec,relatime";

    /// <summary>Only the first mounts of a host have others below them.</summary>
    private const int MostParents = 64;

    private static readonly int[] s_idSteps = [1, 1, 1, 2, 5];

    private readonly StringBuilder _text = new();
    private readonly List<int> _parents = [];
    private int _lastId = 20;
    private int _lastMinor = 20;
    private int _lastPeerGroup;

    public Random Random => random;

    public int Count { get; private set; }

    public bool IsFull => Count >= limit;

    /// <summary>A device number of its own for a file system without a disk.</summary>
    public string NextDevice() => string.Create(CultureInfo.InvariantCulture, $"0:{++_lastMinor}");

    /// <summary>Appends one mount, with its paths not yet escaped; drops it once the table is full.</summary>
    /// <returns>The id of the mount.</returns>
    public int Add(
        string point, string type, string source, string superOptions = "rw", string root = "/", string options = Relatime,
        string? optionalFields = null, string? device = null, int parent = 0)
    {
        _lastId += s_idSteps[random.Next(s_idSteps.Length)];
        device ??= NextDevice();
        optionalFields ??= string.Create(CultureInfo.InvariantCulture, $"shared:{++_lastPeerGroup}");
        if (parent == 0)
            parent = _parents.Count == 0 ? 1 : _parents[random.Next(_parents.Count)];
        if (IsFull)
            return _lastId;

        if (_parents.Count < MostParents)
            _parents.Add(_lastId);
        Count++;
        _text.Append(CultureInfo.InvariantCulture, $"{_lastId} {parent} {device} {KernelText.EscapePath(root)} {KernelText.EscapePath(point)} {options} ");
        if (optionalFields.Length > 0)
            _text.Append(optionalFields).Append(' ');
        _text.Append(CultureInfo.InvariantCulture, $"- {KernelText.EscapeSource(type)} {KernelText.EscapeSource(source)} {superOptions}\n");
        return _lastId;
    }

    public byte[] ToArray() => Encoding.Latin1.GetBytes(_text.ToString());
}
