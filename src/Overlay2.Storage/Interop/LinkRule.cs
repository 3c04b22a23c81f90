namespace Overlay2.Storage.Interop;

/// <summary>What a walk below a <see cref="RootedDirectory"/> does with symbolic links. Links of /proc that jump are never followed.</summary>
internal enum LinkRule
{
    /// <summary>A link ends the walk with ELOOP, and <c>..</c> may not lead out (EXDEV).</summary>
    Refuse,

    /// <summary>As <see cref="Refuse"/>; and where openat2(2) works, a mount below the directory ends the walk with EXDEV.</summary>
    RefuseAndStayOnMount,

    /// <summary>Links are followed as after chroot(2): the directory is <c>/</c>, and <c>..</c> in it stays there.</summary>
    FollowInside,
}
