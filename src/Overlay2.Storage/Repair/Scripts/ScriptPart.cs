namespace Overlay2.Storage.Repair.Scripts;

/// <summary>What a script for a POSIX shell does about an action or a predicate: a command, or nothing for a reason.</summary>
internal readonly record struct ScriptPart
{
    private ScriptPart(string text, string whyNot)
    {
        Text = text;
        WhyNot = whyNot;
    }

    /// <summary>The command; where a script can do nothing, what is shown in its place.</summary>
    public string Text { get; }

    /// <summary>Why a script can do nothing; empty if it can.</summary>
    public string WhyNot { get; }

    /// <summary>A command that a script can run: one that fails if the thing is not done, or does not hold.</summary>
    public static ScriptPart Command(string text) => new(text, "");

    /// <summary>Something that no script can do.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="shown">What stands for it where a line is shown.</param>
    public static ScriptPart None(string reason, string shown = "") => new(shown, reason);
}
