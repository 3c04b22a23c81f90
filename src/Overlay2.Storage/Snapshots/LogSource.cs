namespace Overlay2.Storage.Snapshots;

/// <summary>Who wrote a line of a log.</summary>
public enum LogSource
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>The kernel (dmesg).</summary>
    Kernel,

    /// <summary>The engine, or a command of it.</summary>
    Engine,
}
