using System.Collections;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Some mounts of a table, in the order of its lines; going through them by <c>foreach</c> allocates nothing.</summary>
/// <remarks>Immutable and thread-safe. The default value is empty.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct MountSequence : IEnumerable<MountEntry>
{
    private readonly MountTable? _table;
    private readonly int _first;
    private readonly bool _byMountPoint;

    internal MountSequence(MountTable table, int first, bool byMountPoint)
    {
        _table = table;
        _first = first;
        _byMountPoint = byMountPoint;
    }

    /// <summary>Whether there are no mounts.</summary>
    public bool IsEmpty => _table is null || _first < 0;

    /// <summary>Starts before the first mount.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<MountEntry> IEnumerable<MountEntry>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through a <see cref="MountSequence"/>; not thread-safe.</summary>
    [StructLayout(LayoutKind.Auto)]
    public struct Enumerator : IEnumerator<MountEntry>
    {
        private readonly MountSequence _mounts;
        private int _at;
        private int _next;

        internal Enumerator(MountSequence mounts)
        {
            _mounts = mounts;
            _at = -1;
            _next = mounts.IsEmpty ? -1 : mounts._first;
        }

        /// <summary>The current mount.</summary>
        public readonly MountEntry Current => _mounts._table!.Entries[_at];

        readonly object IEnumerator.Current => Current;

        /// <summary>Goes to the next mount.</summary>
        /// <returns><see langword="false"/> at the end.</returns>
        public bool MoveNext()
        {
            if (_next < 0)
                return false;
            _at = _next;
            MountTree tree = _mounts._table!.Tree;
            _next = _mounts._byMountPoint ? tree.NextAtMountPoint(_at) : tree.NextSibling(_at);
            return true;
        }

        /// <summary>Goes back before the first mount.</summary>
        public void Reset() => this = new Enumerator(_mounts);

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }
    }
}
