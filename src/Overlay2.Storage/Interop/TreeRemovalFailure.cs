namespace Overlay2.Storage.Interop;

/// <summary>What ended a <see cref="TreeRemoval"/> early.</summary>
/// <param name="Path">Where, below the directory that was to be emptied; empty for that itself. Of a path with many names only the end, behind <c>…</c>.</param>
/// <param name="Error">The kernel's error; none if a directory was moved meanwhile.</param>
/// <param name="Attributes">With EPERM, the attributes of statx(2) of what is there, where they forbid the removal.</param>
internal sealed record TreeRemovalFailure(byte[] Path, Errno Error, ulong Attributes);
