namespace Overlay2.Storage.MountOptions;

/// <summary>A rule that refused a mount, that cannot say whether it succeeds, or that gave an option another value than it asked for.</summary>
/// <param name="Rule">The stable name of the rule: lower case, words joined by hyphens.</param>
/// <param name="Outcome">What the rule did.</param>
/// <param name="Message">One sentence in words; paths in it are written for showing.</param>
public sealed record OptionProblem(string Rule, OptionOutcome Outcome, string Message);
