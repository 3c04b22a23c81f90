using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>One operation, with its paths ready for both sides.</summary>
internal sealed class Operation(OperationKind kind, string path, string other, int number)
{
    public OperationKind Kind { get; } = kind;

    public BytePath Path { get; } = BytePath.FromText(path);

    /// <summary>The second path of a call that takes two.</summary>
    public BytePath Other { get; } = BytePath.FromText(other);

    /// <summary>A mode, a length or an owner.</summary>
    public int Number { get; } = number;

    /// <summary><see cref="Path"/> with a NUL at its end.</summary>
    public byte[] NativePath { get; } = Encoding.UTF8.GetBytes(path + '\0');

    /// <summary><see cref="Other"/> with a NUL at its end.</summary>
    public byte[] NativeOther { get; } = Encoding.UTF8.GetBytes(other + '\0');

    public override string ToString() => FormattableString.Invariant($"{Kind} {Path} {Other} {Number}");
}
