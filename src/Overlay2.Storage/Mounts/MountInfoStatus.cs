namespace Overlay2.Storage.Mounts;

/// <summary>What <see cref="MountInfoReader.TryRead"/> came to.</summary>
public enum MountInfoStatus
{
    /// <summary>The text is at its end.</summary>
    End,

    /// <summary>A line was read; its fields can be asked for.</summary>
    Entry,

    /// <summary>A line that is no mountinfo line was passed over; <see cref="MountInfoReader.Error"/> says why.</summary>
    BadLine,
}
