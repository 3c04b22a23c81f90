namespace Overlay2.Storage.Mounts;

/// <summary>How a mount table is loaded.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MountTableLoadOptions
{
    /// <summary>The options used where none are given.</summary>
    public static MountTableLoadOptions Default { get; } = new();

    /// <summary>The longest text that is read, in bytes; default 256 MiB, about twice what the 100,000 mounts that Linux allows
    /// in a namespace come to. The table itself takes up to a few hundred bytes more for each line.</summary>
    public int MaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Array.MaxLength);
            field = value;
        }
    } = 256 << 20;

    /// <summary>Whether the table must be the picture of one moment; default <see langword="false"/>.</summary>
    /// <remarks>
    /// <para>The kernel gives at most a page of whole lines at a time, so mounts can come and go during a read; since Linux 5.8 no
    /// line that stays is lost or torn. With this switch poll(2) asks before and after each read, on the same open file, whether
    /// a mount was made, removed or changed (changes of propagation do not count), and if so the text is read again.</para>
    /// <para>Cost: two system calls of a few microseconds for each read, and the read itself again for each change.</para>
    /// </remarks>
    public bool Strict { get; init; }

    /// <summary>How often a strict load reads before it gives up; default 10.</summary>
    public int MaxReads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 10;

    /// <summary>Whether bad lines are left out and listed in <see cref="MountTable.BadLines"/> instead of ending the load; default
    /// <see langword="false"/>.</summary>
    public bool Lenient { get; init; }

    /// <summary>What <see cref="MountTableSource.Kernel"/> asks for; default all. The others are empty in its entries. A text has all
    /// fields, whatever is asked for.</summary>
    public MountFields Fields { get; init; } = MountFields.All;
}
