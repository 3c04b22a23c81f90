using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>What a kernel makes of a set of overlay options: an error, or the values in force and what mounting leaves behind.</summary>
/// <remarks>A prediction from data; nothing is mounted or looked at. Immutable, thread-safe. The rules are those of experiments on
/// kernels from 5.10 to 7.3 and of the kernel's document filesystems/overlayfs.</remarks>
public sealed record EffectiveOptions
{
    /// <summary>The answer of the mount. If it is not <see cref="LinuxError.OK"/>, only <see cref="Problems"/> has a meaning beside it.</summary>
    public LinuxError Error { get; internal init; }

    /// <summary>The rules that refused the mount or changed an option, in the order in which they applied.</summary>
    public ImmutableArray<OptionProblem> Problems { get; internal init; } = [];

    /// <summary>The rule that refused the mount; <see langword="null"/> if none did.</summary>
    public OptionProblem? Refusal => Problems is [.., { Outcome: OptionOutcome.Refused } last] ? last : null;

    /// <summary>Whether it is known that the mount succeeds or fails: not so where a rule of outcome <see cref="OptionOutcome.Unknown"/> applied, and none refused.</summary>
    public bool IsKnown => Error != LinuxError.OK || !Problems.Any(problem => problem.Outcome == OptionOutcome.Unknown);

    /// <summary>Whether nothing can be written: there is no upper, or the kernel could not use it.</summary>
    public bool IsReadOnly { get; internal init; }

    /// <summary>Whether there is an upper layer.</summary>
    public bool HasUpper { get; internal init; }

    /// <summary>What is done with redirects of renamed directories.</summary>
    public RedirectMode Redirect { get; internal init; }

    /// <summary>The longest redirect that is made, in bytes.</summary>
    public int RedirectMax { get; internal init; }

    /// <summary>Whether copied-up objects are indexed by their origin.</summary>
    public bool Index { get; internal init; }

    /// <summary>Whether file handles can be made.</summary>
    public bool NfsExport { get; internal init; }

    /// <summary>Whether a change of attributes copies up attributes only.</summary>
    public bool Metacopy { get; internal init; }

    /// <summary>Whether inode numbers of several file systems are put into one space; Off where all layers are on one file system,
    /// which needs none.</summary>
    public XinoMode Xino { get; internal init; }

    /// <summary>Which UUID the mount has.</summary>
    public UuidMode Uuid { get; internal init; }

    /// <summary>How digests are checked.</summary>
    public VerityMode Verity { get; internal init; }

    /// <summary>How much is synced at a copy-up.</summary>
    public FsyncMode Fsync { get; internal init; }

    /// <summary>Whether marks are kept in <c>user.overlay.*</c> instead of <c>trusted.overlay.*</c>.</summary>
    public bool UserXattr { get; internal init; }

    /// <summary>Whether permissions are checked on the merged object only (<c>default_permissions</c>).</summary>
    public bool DefaultPermissions { get; internal init; }

    /// <summary>Whether layers are accessed with the credentials of the one who configured the mount (<c>override_creds</c>).</summary>
    public bool OverrideCredentials { get; internal init; }

    /// <summary>The options that mountinfo shows, without layers and without <c>rw</c> or <c>ro</c>, in the kernel's order.</summary>
    public ImmutableArray<ByteString> Shown { get; internal init; } = [];

    /// <summary>The names of the overlay marks on the upper root after the mount, sorted; empty without an upper.</summary>
    public ImmutableArray<ByteString> UpperMarks { get; internal init; } = [];

    /// <summary>What the mount makes below the work directory, as paths relative to it, sorted; empty without an upper.</summary>
    public ImmutableArray<BytePath> WorkEntries { get; internal init; } = [];

    /// <summary>Predicts a mount.</summary>
    /// <param name="options">The options.</param>
    /// <param name="profile">The kernel; its module parameters are the defaults.</param>
    /// <param name="layout">What the named directories are. One that it does not hold is missing.</param>
    public static EffectiveOptions Resolve(OverlayMountOptions options, KernelProfile profile, LayerLayout layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(layout);
        return new OptionResolver(options, profile, layout).Resolve();
    }

    /// <summary>Predicts a mount by mount(8), which takes flags of the mount apart from the data of the file system.</summary>
    /// <param name="options">What mount(8) is given.</param>
    /// <param name="profile">The kernel; its module parameters are the defaults.</param>
    /// <param name="layout">What the named directories are. One that it does not hold is missing.</param>
    public static EffectiveOptions Resolve(MountCommandOptions options, KernelProfile profile, LayerLayout layout)
    {
        ArgumentNullException.ThrowIfNull(options);
        EffectiveOptions effective = Resolve(options.Options, profile, layout);
        return effective with
        {
            IsReadOnly = effective.IsReadOnly || (effective.Error == LinuxError.OK && options.IsReadOnly),
            Problems =
            [
                .. options.SecurityContexts.Select(context => new OptionProblem(OptionResolver.SecurityContext, OptionOutcome.Unknown, $"Whether {context} is taken depends on SELinux, which is not looked at.")),
                .. options.Changes.Select(change => new OptionProblem("no-new-mount", OptionOutcome.Unknown, $"With {change} this is no new mount; what it does to the one that is there is not looked at.")),
                .. effective.Problems,
            ],
        };
    }
}
