using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>An operation on a path of an overlay, to be predicted.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record OverlayOperation
{
    /// <summary>Writes are predicted up to this length; longer ones differ only in the free space, see <see cref="Prediction.Space"/>.</summary>
    public const int LongestWrite = 1 << 26;

    private OverlayOperation(OverlayOperationKind kind) => Kind = kind;

    /// <summary>What is done.</summary>
    public OverlayOperationKind Kind { get; }

    /// <summary>A length in bytes, where there is one.</summary>
    public long Length { get; private init; }

    /// <summary>Permission bits, where there are some.</summary>
    public int Mode { get; private init; }

    /// <summary>The new owner, where one is set.</summary>
    public uint? Uid { get; private init; }

    /// <summary>The new group, where one is set.</summary>
    public uint? Gid { get; private init; }

    /// <summary>The other path, from the root of the overlay; for a symbolic link what it says.</summary>
    public BytePath Target { get; private init; }

    /// <summary>The name of an extended attribute.</summary>
    public ByteString Name { get; private init; }

    /// <summary>The value of an extended attribute.</summary>
    public ByteString Value { get; private init; }

    /// <summary>Opens a file for reading and reads.</summary>
    public static OverlayOperation Read { get; } = new(OverlayOperationKind.Read);

    /// <summary>Empties a file by opening it with O_TRUNC.</summary>
    public static OverlayOperation Empty { get; } = new(OverlayOperationKind.Empty);

    /// <summary>Removes a name: unlink(2).</summary>
    public static OverlayOperation Unlink { get; } = new(OverlayOperationKind.Unlink);

    /// <summary>Removes an empty directory.</summary>
    public static OverlayOperation RemoveDirectory { get; } = new(OverlayOperationKind.RemoveDirectory);

    /// <summary>Sets the times to now, or makes an empty file.</summary>
    public static OverlayOperation Touch { get; } = new(OverlayOperationKind.Touch) { Mode = 0x1B6 };

    /// <summary>Appends to a file.</summary>
    /// <param name="length">How many bytes, at most <see cref="LongestWrite"/>.</param>
    public static OverlayOperation Append(int length = 1) => new(OverlayOperationKind.Append) { Length = CheckLength(length) };

    /// <summary>Writes at the start of a file.</summary>
    /// <param name="length">How many bytes, at most <see cref="LongestWrite"/>.</param>
    public static OverlayOperation Write(int length = 1) => new(OverlayOperationKind.Write) { Length = CheckLength(length) };

    /// <summary>Sets the size of a file by path.</summary>
    /// <param name="size">The new size.</param>
    public static OverlayOperation Truncate(long size) => new(OverlayOperationKind.Truncate) { Length = size };

    /// <summary>Makes a file.</summary>
    /// <param name="mode">Its mode.</param>
    public static OverlayOperation Create(int mode = 0x1A4) => new(OverlayOperationKind.Create) { Mode = mode };

    /// <summary>Makes a directory.</summary>
    /// <param name="mode">Its mode.</param>
    public static OverlayOperation MakeDirectory(int mode = 0x1ED) => new(OverlayOperationKind.MakeDirectory) { Mode = mode };

    /// <summary>Moves a name.</summary>
    /// <param name="target">The new path, from the root of the overlay.</param>
    public static OverlayOperation Rename(BytePath target) => new(OverlayOperationKind.Rename) { Target = target };

    /// <summary>Gives another name.</summary>
    /// <param name="target">The new name, from the root of the overlay.</param>
    public static OverlayOperation HardLink(BytePath target) => new(OverlayOperationKind.HardLink) { Target = target };

    /// <summary>Makes a symbolic link at the path.</summary>
    /// <param name="target">What it says.</param>
    public static OverlayOperation SymbolicLink(BytePath target) => new(OverlayOperationKind.SymbolicLink) { Target = target };

    /// <summary>Sets the permission bits.</summary>
    /// <param name="mode">The new bits.</param>
    public static OverlayOperation ChangeMode(int mode) => new(OverlayOperationKind.ChangeMode) { Mode = mode };

    /// <summary>Sets owner and group; a symbolic link at the end is not followed.</summary>
    /// <param name="uid">The owner; <see langword="null"/> keeps it.</param>
    /// <param name="gid">The group; <see langword="null"/> keeps it.</param>
    public static OverlayOperation ChangeOwner(uint? uid, uint? gid) => new(OverlayOperationKind.ChangeOwner) { Uid = uid, Gid = gid };

    /// <summary>Sets an extended attribute.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="value">Its value.</param>
    public static OverlayOperation SetAttribute(ByteString name, ByteString value) => new(OverlayOperationKind.SetAttribute) { Name = name, Value = value };

    /// <summary>Removes an extended attribute.</summary>
    /// <param name="name">Its full name.</param>
    public static OverlayOperation RemoveAttribute(ByteString name) => new(OverlayOperationKind.RemoveAttribute) { Name = name };

    /// <summary>Does the operation on a simulator.</summary>
    /// <param name="simulator">The simulator.</param>
    /// <param name="path">The path, from the root of the overlay.</param>
    /// <returns>The first error of the system calls that it takes, and the effects of all.</returns>
    public OperationResult ApplyTo(OverlaySimulator simulator, BytePath path)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        return Kind switch
        {
            OverlayOperationKind.Read => WithFile(simulator, path, OpenFlags.ReadOnly, static (s, file, _) => Of(s.Read(file, 0, 1))),
            OverlayOperationKind.Append => WithFile(simulator, path, OpenFlags.WriteOnly | OpenFlags.Append, WriteAll),
            OverlayOperationKind.Write => WithFile(simulator, path, OpenFlags.WriteOnly, WriteAll),
            OverlayOperationKind.Empty => WithFile(simulator, path, OpenFlags.WriteOnly | OpenFlags.Truncate, static (_, _, _) => Nothing),
            OverlayOperationKind.Truncate => simulator.Truncate(path, Length),
            OverlayOperationKind.Create => WithFile(simulator, path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, static (_, _, _) => Nothing),
            OverlayOperationKind.MakeDirectory => simulator.MakeDirectory(path, Mode),
            OverlayOperationKind.Unlink => simulator.Unlink(path),
            OverlayOperationKind.RemoveDirectory => simulator.RemoveDirectory(path),
            OverlayOperationKind.Rename => simulator.Rename(path, Target, RenameFlags.None),
            OverlayOperationKind.HardLink => simulator.Link(path, Target, follow: false),
            OverlayOperationKind.SymbolicLink => simulator.MakeSymbolicLink(Target, path),
            OverlayOperationKind.ChangeMode => simulator.ChangeMode(path, Mode),
            OverlayOperationKind.ChangeOwner => simulator.ChangeOwner(path, Uid, Gid, follow: false),
            OverlayOperationKind.Touch => DoTouch(simulator, path),
            OverlayOperationKind.SetAttribute => simulator.SetExtendedAttribute(path, Name, Value.Span, AttributeMode.Any, follow: true),
            _ => simulator.RemoveExtendedAttribute(path, Name, follow: true),
        };
    }

    private static OperationResult Nothing => new(LinuxError.OK, []);

    private static int CheckLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LongestWrite);
        return length;
    }

    private static OperationResult Of<T>(OperationResult<T> result) => new(result.Error, result.Effects);

    private static OperationResult WriteAll(OverlaySimulator simulator, int file, OverlayOperation operation)
    {
        OperationResult<int> result = simulator.Write(file, 0, new byte[operation.Length]);

        // A write that finds room for a part answers with that part; who then writes the rest gets the error.
        return result.IsSuccess && result.Value < operation.Length ? new(LinuxError.ENOSPC, result.Effects) : Of(result);
    }

    private OperationResult WithFile(OverlaySimulator simulator, BytePath path, OpenFlags flags, Func<OverlaySimulator, int, OverlayOperation, OperationResult> use)
    {
        OperationResult<int> file = simulator.Open(path, flags, Mode);
        if (!file.IsSuccess)
            return Of(file);
        OperationResult used = use(simulator, file.Value, this);
        OperationResult closed = simulator.Close(file.Value);
        return new(used.Error, [.. file.Effects, .. used.Effects, .. closed.Effects]);
    }

    private OperationResult DoTouch(OverlaySimulator simulator, BytePath path)
    {
        OperationResult touched = simulator.Touch(path, follow: true);
        return touched.Error != LinuxError.ENOENT ? touched : WithFile(simulator, path, OpenFlags.ReadWrite | OpenFlags.Create, static (_, _, _) => Nothing);
    }
}
