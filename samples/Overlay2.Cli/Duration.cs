using System.Globalization;

namespace Overlay2.Cli;

/// <summary>A length of time on the command line: <c>7d</c>, <c>12h</c>, <c>30m</c>, <c>0s</c>.</summary>
internal static class Duration
{
    private const int Most = 1_000_000;

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > Most)
            return false;
        switch (text[^1])
        {
            case 'd':
                duration = TimeSpan.FromDays(number);
                return true;
            case 'h':
                duration = TimeSpan.FromHours(number);
                return true;
            case 'm':
                duration = TimeSpan.FromMinutes(number);
                return true;
            case 's':
                duration = TimeSpan.FromSeconds(number);
                return true;
            default:
                return false;
        }
    }
}
