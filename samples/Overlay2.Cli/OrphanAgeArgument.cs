using System.CommandLine;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Cli;

/// <summary><c>--min-orphan-age</c>: from which age on a layer directory that nobody needs is told of.</summary>
internal static class OrphanAgeArgument
{
    public static Option<TimeSpan> Option { get; } = new("--min-orphan-age")
    {
        Description = "How old a layer directory that nobody needs has to be (OVL0107); younger ones may belong to work in progress: a number with d, h, m or s.",
        HelpName = "24h",
        DefaultValueFactory = _ => DiagnosisOptions.Default.MinimumOrphanAge,
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out TimeSpan duration))
                return duration;
            result.AddError("--min-orphan-age wants a number with d, h, m or s behind it, such as 24h.");
            return default;
        },
    };
}
