using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.TestShared;

/// <summary>Compares the option reader, by every kind of vector, with the plain one.</summary>
internal static class OverlayOptionsComparison
{
    /// <summary>Throws where an answer differs. The text is given twice so that it may lie where no array can.</summary>
    public static void Check(ReadOnlySpan<byte> text, byte[] copy)
    {
        string plain = Encoding.Latin1.GetString(copy);
        var reader = new OverlayOptionReader(text);
        byte[] buffer = new byte[text.Length];
        string lower = "", upper = "", work = "";
        foreach (string option in OverlayOptionsReference.SplitOptions(plain))
        {
            Require(reader.Read() && Text(reader.Option) == option, "option");
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            string value = equals < 0 ? "" : option[(equals + 1)..];
            Require(Text(reader.Name) == name && Text(reader.Value) == value && reader.HasValue == equals >= 0, "name and value");

            Require(reader.TryUnescapeValue(buffer, out int written), "room");
            string unescaped = OverlayOptionsReference.Octal(reader.IsQuoted ? value[1..^1] : value);
            if (equals >= 0 && name is "upperdir" or "workdir")
                unescaped = Backslashes(unescaped);
            Require(Text(buffer.AsSpan(0, written)) == unescaped, "decoded value");
            switch (reader.Kind)
            {
                case OverlayOptionKind.LowerDirectories: lower = value; break;
                case OverlayOptionKind.UpperDirectory: upper = value; break;
                case OverlayOptionKind.WorkDirectory: work = value; break;
                case OverlayOptionKind.AddedLowerDirectory: Require(OneLayer(reader.GetLayers(), value, isData: false), "lowerdir+"); break;
                case OverlayOptionKind.AddedDataDirectory: Require(OneLayer(reader.GetLayers(), value, isData: true), "datadir+"); break;
            }

            if (reader.Kind == OverlayOptionKind.LowerDirectories)
                CheckLayers(reader.Value, value);
        }

        Require(!reader.Read() && !reader.Read(), "end");
        OverlayDirectories directories = OverlayDirectories.Find(text);
        Require(Text(directories.LowerDirectories) == lower && Text(directories.UpperDirectory) == upper
            && Text(directories.WorkDirectory) == work, "directories");
        CheckLayers(text, plain);
    }

    public static void Check(byte[] text) => Check(text, text);

    private static void CheckLayers(ReadOnlySpan<byte> value, string plain)
    {
        List<string> expected = OverlayOptionsReference.SplitLayers(plain);
        CheckLayers<ByteWindowScalar>(value, expected);
        CheckLayers<ByteWindow128>(value, expected);
        CheckLayers<ByteWindow256>(value, expected);
        CheckLayers<ByteWindow512>(value, expected);
    }

    private static void CheckLayers<TWindow>(ReadOnlySpan<byte> value, List<string> expected)
        where TWindow : struct, IByteWindow
    {
        var reader = new OverlayLayerReader(value);
        byte[] buffer = new byte[value.Length];
        foreach (string layer in expected)
        {
            Require(reader.Read<TWindow>(), "layer");
            string prefix = reader.IsBehindDoubleColon ? "::" : reader.IsDataOnly ? "+" : "";
            Require(reader.TryUnescape(buffer, out int written) && prefix + Text(buffer.AsSpan(0, written)) == layer, "layer path");
        }

        Require(!reader.Read<TWindow>() && !reader.Read<TWindow>() && reader.Path.IsEmpty, "end of layers");
    }

    private static bool OneLayer(OverlayLayerReader reader, string value, bool isData)
    {
        bool hasLayer = value.Length > 0;
        byte[] buffer = new byte[value.Length];
        return reader.Read() == hasLayer && reader.IsDataOnly == isData && reader.TryUnescape(buffer, out int written)
            && Text(buffer.AsSpan(0, written)) == OverlayOptionsReference.Octal(value) && !reader.Read();
    }

    private static string Backslashes(string text)
    {
        var path = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
                path.Append(text[i]);
            else if (++i < text.Length)
                path.Append(text[i]);
        }

        return path.ToString();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
            throw new InvalidOperationException($"{what} differs from the plain reader.");
    }
}
