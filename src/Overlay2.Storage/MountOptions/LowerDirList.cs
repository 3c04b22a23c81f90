namespace Overlay2.Storage.MountOptions;

/// <summary>Enumerates the layers of a <c>lowerdir</c> value: separated by colons, data-only after two.</summary>
internal ref struct LowerDirList
{
    private ReadOnlySpan<byte> _rest;
    private bool _isFirst = true;
    private bool _isDone;
    private bool _afterEmpty;
    private bool _inData;

    public LowerDirList(ReadOnlySpan<byte> value)
    {
        _rest = value;
        _isDone = IsMalformed = value.IsEmpty;
    }

    public LayerPath Current { get; private set; }

    /// <summary>Whether, in what was enumerated so far, a colon was first, last or tripled; the kernel refuses such a list.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether, in what was enumerated so far, a normal layer followed a data-only one; the kernel refuses that layer.</summary>
    public bool IsAfterData { get; private set; }

    public bool MoveNext()
    {
        while (!_isDone)
        {
            int length = LayerEscape.IndexOfPlain(_rest, (byte)':');
            ReadOnlySpan<byte> element = length < 0 ? _rest : _rest[..length];
            _isDone = length < 0;
            _rest = _rest[(_isDone ? element.Length : element.Length + 1)..];
            bool isFirst = _isFirst;
            _isFirst = false;
            if (element.IsEmpty)
            {
                IsMalformed |= isFirst || _isDone || _afterEmpty;
                _afterEmpty = true;
                continue;
            }

            IsAfterData |= _inData && !_afterEmpty;
            _inData |= _afterEmpty;
            _afterEmpty = false;
            Current = new LayerPath(LayerEscape.Unescape(element), _inData ? LayerRole.Data : LayerRole.Lower);
            return true;
        }

        return false;
    }

    public readonly LowerDirList GetEnumerator() => this;
}
