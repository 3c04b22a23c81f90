using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Gives a file of the engine's configuration another content; the old file is kept beside it, ending in <c>.bak</c>.</summary>
/// <remarks>
/// Both contents are as a snapshot shows the file: without secrets. In the real file only the lines that differ are replaced, and these
/// hold none. Undoing brings the old bytes back, or removes a file that was made; copies, and a directory that was made for it, stay.
/// </remarks>
/// <param name="Path">The file, below the host's root.</param>
public sealed record ReplaceConfigurationAction(BytePath Path) : RepairAction
{
    /// <summary>What the file holds before; <see langword="null"/> if there is no file.</summary>
    public ByteString? Original { get; init; }

    /// <summary>What it holds afterwards; <see langword="null"/> if the file is removed, which only undoing does.</summary>
    public ByteString? Content { get; init; }
}
