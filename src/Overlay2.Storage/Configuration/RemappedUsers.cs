using System.Buffers;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Whose subordinate ids an engine with <c>userns-remap</c> takes, and so where in its data root it keeps everything: in <c>UID.GID</c>.</summary>
/// <remarks>
/// The setting names a user by name or number, with or without a group; <c>default</c> is the user <c>dockremap</c>, whom the engine makes where he is missing. The first
/// range of the user's lines in <c>/etc/subuid</c> and <c>/etc/subgid</c>, which name him by name or number, holds the id that root gets. Engines before 20.10 went by the
/// group's name in the second file. Sources: dockerd(8), subuid(5); run on 20.10.
/// </remarks>
internal static class RemappedUsers
{
    public static readonly BytePath Accounts = BytePath.FromText("/etc/passwd");
    public static readonly BytePath SubordinateUsers = BytePath.FromText("/etc/subuid");
    public static readonly BytePath SubordinateGroups = BytePath.FromText("/etc/subgid");

    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-$@\\");

    private const string UserOfEngine = "dockremap";
    private const int LongestName = 256;

    /// <summary>Whether a file is one of those that tell of users.</summary>
    public static bool IsAccountFile(BytePath path) => path == Accounts || path == SubordinateUsers || path == SubordinateGroups;

    /// <summary>Whether the setting has the engine remap: root cannot be remapped to himself, and no value means no remapping.</summary>
    public static bool IsOn(EngineSetting? setting) => setting is not null && !setting.Value.IsEmpty && Split(setting).User is not ("root" or "0");

    /// <summary>The lines of a file that are about the users of settings, with no more of them than names and numbers: nothing else of it is for a snapshot.</summary>
    public static ByteString Select(ReadOnlySpan<byte> content, IReadOnlyCollection<string> names)
    {
        StringBuilder kept = new();
        foreach (string[] fields in Lines(content).Where(fields => names.Contains(fields[0], StringComparer.Ordinal) || (fields.Length > 3 && names.Contains(fields[2], StringComparer.Ordinal))))
            kept.Append(string.Join(':', Plain(fields))).Append('\n');
        return ByteString.FromText(kept.ToString());
    }

    /// <summary>Such lines as they may be kept: a name, and numbers.</summary>
    public static byte[] Filter(ReadOnlySpan<byte> content) => Encoding.UTF8.GetBytes(string.Concat(Lines(content).Select(fields => string.Join(':', Plain(fields)) + "\n")));

    /// <summary>All names and numbers by which files can name the user of a setting, or his group.</summary>
    public static List<string> NamesOf(EngineSetting setting, ReadOnlySpan<byte> accounts)
    {
        (string user, string group) = Split(setting);
        List<string> names = [user, group];
        foreach (string[] fields in Lines(accounts).Where(fields => fields.Length > 2 && (fields[0] == user || fields[2] == user)))
            names.AddRange([fields[0], fields[2]]);
        return [.. names.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The directory of a data root that is in force.</summary>
    /// <param name="files">The files of users among others.</param>
    /// <param name="setting">The setting, which is on.</param>
    /// <param name="dataRoot">The data root.</param>
    /// <param name="why">Why it is not known; empty where it is.</param>
    /// <returns><see langword="null"/> where the files do not tell.</returns>
    public static BytePath? Find(EngineConfigurationFiles files, EngineSetting setting, BytePath dataRoot, out string why)
    {
        (string user, string group) = Split(setting);
        List<string> names = NamesOf(setting, files[Accounts].Content.Span);
        names.Remove(group);
        if (group == user)
            names.Add(user);
        string? userId = First(files[SubordinateUsers], names);
        string? groupId = First(files[SubordinateGroups], names) ?? First(files[SubordinateGroups], [group]);
        why = userId is null ? $"{SubordinateUsers} tells nothing of {user}" : groupId is null ? $"{SubordinateGroups} tells nothing of {user}" : "";
        return why.Length == 0 ? dataRoot.Combine(BytePath.FromText($"{userId}.{groupId}")) : null;
    }

    /// <summary>Whether the engine refuses to start, since it knows the user and has no ids for him.</summary>
    public static bool IsRefused(EngineConfigurationFiles files, EngineSetting setting)
    {
        (string user, _) = Split(setting);
        return user != UserOfEngine && files[SubordinateUsers].State == ConfigurationFileState.Read && files[SubordinateGroups].State == ConfigurationFileState.Read
            && Lines(files[Accounts].Content.Span).Any(fields => fields.Length > 2 && (fields[0] == user || fields[2] == user));
    }

    private static string? First(ConfigurationFileContent file, IReadOnlyCollection<string> names) => Lines(file.Content.Span)
        .Where(fields => fields.Length == 3 && fields[0].Length > 0 && names.Contains(fields[0], StringComparer.Ordinal) && uint.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(fields => uint.Parse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)).FirstOrDefault();

    private static (string User, string Group) Split(EngineSetting setting)
    {
        string[] parts = setting.Value.ToString().Split(':', 2);
        return parts[0] == "default" ? (UserOfEngine, UserOfEngine) : (parts[0], parts.Length > 1 ? parts[1] : "");
    }

    private static List<string[]> Lines(ReadOnlySpan<byte> content)
    {
        List<string[]> lines = [];
        foreach (Range line in content.Split((byte)'\n'))
        {
            string[] fields = Encoding.UTF8.GetString(content[line]).Split(':');
            if (fields.Length > 2)
                lines.Add(fields);
        }

        return lines;
    }

    private static IEnumerable<string> Plain(string[] fields) => fields.Take(4)
        .Select((field, index) => field.Length <= LongestName && (index == 0 ? !field.AsSpan().ContainsAnyExcept(s_nameCharacters) : field.All(char.IsAsciiDigit)) ? field : "");
}
