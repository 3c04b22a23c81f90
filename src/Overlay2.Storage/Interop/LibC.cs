namespace Overlay2.Storage.Interop;

/// <summary>Functions of the C library, one file each: the raw call, and a form for spans that answers with an <see cref="Errno"/>.</summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>The "directory" that makes a relative path start at the working directory.</summary>
    public const int CurrentDirectory = -100;
}
