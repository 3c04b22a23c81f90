using System.CommandLine;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Cli;

/// <summary>Options that take a length of time, as <see cref="Duration"/> reads it.</summary>
internal static class DurationOption
{
    /// <summary><c>--min-orphan-age</c>: from which age on a layer directory that nobody needs is told of.</summary>
    public static Option<TimeSpan> MinimumOrphanAge { get; } = Create(
        "--min-orphan-age", "24h", DiagnosisOptions.Default.MinimumOrphanAge,
        "How old a layer directory that nobody needs has to be (OVL0107); younger ones may belong to work in progress: a number with d, h, m or s.");

    public static Option<TimeSpan> Create(string name, string example, TimeSpan usual, string description) => new(name)
    {
        Description = description,
        HelpName = example,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out TimeSpan duration))
                return duration;
            result.AddError($"{name} wants a number with d, h, m or s behind it, such as {example}.");
            return default;
        },
    };
}
