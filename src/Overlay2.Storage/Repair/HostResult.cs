using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair;

/// <summary>How an action on the machine ended.</summary>
/// <param name="Error">What the kernel said, such as <c>EBUSY</c>, or another reason; empty if it is done.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public readonly record struct HostResult(string Error)
{
    /// <summary>It is done.</summary>
    public static HostResult Done => new("");

    /// <summary>Whether it is done.</summary>
    public bool IsDone => string.IsNullOrEmpty(Error);

    /// <summary>What the kernel said of a path.</summary>
    internal static HostResult Failed(BytePath path, Errno error) => new($"{path}: {error}");
}
