namespace Overlay2.Storage.Mounts;

/// <summary>How a <see cref="MountWatcher"/> works.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MountWatcherOptions
{
    /// <summary>The options used where none are given.</summary>
    public static MountWatcherOptions Default { get; } = new();

    /// <summary>How long the watcher waits after the first sign of a change before it looks, so that a burst costs one look; default
    /// 10 ms, at most a minute. It waits longer where looking itself takes long: at most a third of its time it looks.</summary>
    public TimeSpan Debounce
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(1));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the table is always read as text, and fanotify(7) is not used; default <see langword="false"/>.</summary>
    public bool TextOnly { get; init; }

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
