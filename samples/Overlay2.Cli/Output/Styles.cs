using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>What the colours mean.</summary>
internal static class Styles
{
    public static Style Heading { get; } = new(decoration: Decoration.Bold);

    public static Style Overlay { get; } = new(Color.Green);

    public static Style Hidden { get; } = new(Color.Grey);

    public static Style Error { get; } = new(Color.Red);

    public static Style Warning { get; } = new(Color.Yellow);
}
