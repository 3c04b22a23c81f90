using System.Text.Json;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>The words of the schema.</summary>
internal static class ScenarioNames
{
    /// <summary>Times from here on were set from the clock during the scenario: 2017.</summary>
    private const long FirstClockTime = 1_500_000_000L * 1_000_000_000;

    private static readonly (char Letter, FileAttributeFlags Flag)[] s_letters =
    [
        ('A', FileAttributeFlags.NoAccessTime),
        ('S', FileAttributeFlags.Sync),
        ('a', FileAttributeFlags.Append),
        ('d', FileAttributeFlags.NoDump),
        ('i', FileAttributeFlags.Immutable),
    ];

    public static FileType TypeOf(string word) => word switch
    {
        "dir" => FileType.Directory,
        "reg" => FileType.Regular,
        "lnk" => FileType.SymbolicLink,
        "fifo" => FileType.Fifo,
        "sock" => FileType.Socket,
        "chr" or "whiteout" => FileType.CharacterDevice,
        "blk" => FileType.BlockDevice,
        _ => throw new ScenarioFormatException("Unknown type " + word + "."),
    };

    public static string WordOf(FileType type) => type switch
    {
        FileType.Directory => "dir",
        FileType.Regular => "reg",
        FileType.SymbolicLink => "lnk",
        FileType.Fifo => "fifo",
        FileType.Socket => "sock",
        FileType.CharacterDevice => "chr",
        _ => "blk",
    };

    public static int Octal(JsonElement element)
    {
        const int LongestMode = 7;
        string text = ScenarioJson.GetText(element);
        if (text.Length is 0 or > LongestMode || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            throw new ScenarioFormatException("An octal mode was expected, not " + text + ".");
        return Convert.ToInt32(text, 8);
    }

    public static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    /// <summary>A time as JSON; nothing is said of the time of the scenario itself.</summary>
    public static string Time(long time) => time >= FirstClockTime ? "null" : ScenarioJson.Number(time);

    public static string FlagLetters(FileAttributeFlags flags) =>
        string.Concat(s_letters.Where(item => (flags & item.Flag) != FileAttributeFlags.None).Select(static item => item.Letter));

    public static FileAttributeFlags Flags(string letters) =>
        s_letters.Where(item => letters.Contains(item.Letter, StringComparison.Ordinal)).Aggregate(FileAttributeFlags.None, static (flags, item) => flags | item.Flag);
}
