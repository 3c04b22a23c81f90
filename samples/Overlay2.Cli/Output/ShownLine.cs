using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Cli.Output;

/// <summary>What is shown at a terminal. The words of an interpolated text are the program's own; what fills its holes, and any other text, may be anybody's and passes <see cref="Shown"/>.</summary>
[InterpolatedStringHandler]
internal readonly struct ShownLine
{
    private readonly StringBuilder _text;

    public ShownLine(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 16));

    public static implicit operator ShownLine(string text)
    {
        var line = new ShownLine(text.Length, 0);
        line.AppendFormatted(text);
        return line;
    }

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
    {
        string text = Shown.Terminal((value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()) ?? "");
        _text.Append(alignment < 0 ? text.PadRight(-alignment) : text.PadLeft(alignment));
    }

    /// <summary>Text that is shown already.</summary>
    public void AppendFormatted(ShownLine line) => _text.Append(line._text);

    public override string ToString() => _text?.ToString() ?? "";
}
