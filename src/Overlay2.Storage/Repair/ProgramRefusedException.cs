namespace Overlay2.Storage.Repair;

/// <summary>A program is not started: it is not there, or others than root decide what it is.</summary>
public sealed class ProgramRefusedException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="program">The program as the caller named it.</param>
    /// <param name="reason">Why it is not started.</param>
    public ProgramRefusedException(string program, string reason)
        : base($"{program} is not started: {reason}")
    {
        Program = program;
        Reason = reason;
    }

    /// <summary>The program as the caller named it.</summary>
    public string Program { get; }

    /// <summary>Why it is not started: what is wrong, with the path that it is wrong with.</summary>
    public string Reason { get; }
}
