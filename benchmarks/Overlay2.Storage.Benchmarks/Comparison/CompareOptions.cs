using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>The command line of <c>--compare</c>.</summary>
/// <param name="Rounds">How many samples of each figure are taken, unless the time is over first.</param>
/// <param name="WriteTo">A file whose table is replaced, or none.</param>
internal sealed record CompareOptions(int Rounds, string? WriteTo)
{
    public const string Command = "--compare";
    public const string Usage = "usage: --compare [--rounds N] [--write README.md]";

    private const int DefaultRounds = 150;

    public static bool TryParse(ReadOnlySpan<string> arguments, [NotNullWhen(true)] out CompareOptions? options)
    {
        options = null;
        int rounds = DefaultRounds;
        string? writeTo = null;
        for (; !arguments.IsEmpty; arguments = arguments[2..])
        {
            if (arguments.Length < 2)
                return false;
            if (arguments[0] == "--write")
                writeTo = arguments[1];
            else if (arguments[0] != "--rounds" || !int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) || rounds == 0)
                return false;
        }

        options = new CompareOptions(rounds, writeTo);
        return true;
    }
}
