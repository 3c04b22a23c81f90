using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Says of every text of a host what of it a snapshot may hold: the only place that others ask. The rules are in docs/secrets.md.</summary>
/// <remarks>
/// What is secret is told by its name, by its form, or by not being known to be harmless where secrets are usual: in environments, values of
/// flags, fields of configuration. In its place stands <c>REDACTED</c>; lines stay where they are, and everything that decides on the
/// engine's storage stays as it is. Applied twice it changes nothing more. Linear in the text.
/// </remarks>
internal static class SecretFilter
{

    /// <summary>A line of a log, a message, an address: text in no form of its own.</summary>
    public static ByteString Text(ByteString text) => SecretText.Filter(text.Span);

    /// <inheritdoc cref="Text(ByteString)"/>
    public static string Text(string text) => text.Length == 0 ? text : Encoding.UTF8.GetString(SecretText.Filter(Encoding.UTF8.GetBytes(text)).Span);

    /// <summary>Lines of a log, in which a key is of several lines.</summary>
    public static IEnumerable<T> Lines<T>(IEnumerable<T> lines, Func<T, ByteString> text, Func<T, ByteString, T> with)
    {
        bool isInKey = false;
        foreach (T line in lines)
        {
            ByteString before = text(line);
            bool ends = before.Span.IndexOf("-----END "u8) >= 0;
            ByteString after = isInKey ? new ByteString(SecretMarker.Text) : Text(before);
            isInKey = (isInKey || before.Span.IndexOf("-----BEGIN "u8) >= 0) && !ends;
            yield return after == before ? line : with(line, after);
        }
    }

    /// <summary>A name, an id.</summary>
    public static ByteString Name(ByteString name) => SecretText.FilterName(name);

    /// <inheritdoc cref="Name(ByteString)"/>
    public static string Name(string name)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(name, utf8, out int length) && SecretText.IsPlainName(utf8[..length]))
            return name;
        var bytes = ByteString.FromText(name);
        ByteString shown = SecretText.FilterName(bytes);
        return shown == bytes ? name : Encoding.UTF8.GetString(shown.Span);
    }

    /// <summary>A path.</summary>
    public static BytePath Path(BytePath path) => new(SecretText.FilterName(path.Bytes));

    /// <summary>The options of a mount, between commas.</summary>
    public static ByteString MountOptions(ByteString type, ByteString options) => SecretMountOptions.Filter(type, options);

    /// <summary>What is mounted.</summary>
    public static ByteString MountSource(ByteString source) => SecretMountOptions.FilterSource(source);

    /// <summary>JSON of which nothing is known.</summary>
    public static byte[] Json(ReadOnlySpan<byte> json) => SecretMarker.Settle(json, static part => SecretJson.Filter(part, keepsUnknown: true)).Span.ToArray();

    /// <summary>JSON that is written anew after each pass, until nothing more changes; what does not come to rest is left out as a whole.</summary>
    /// <param name="json">The text.</param>
    /// <param name="write">Writes what a pass left.</param>
    public static ByteString Json(ReadOnlySpan<byte> json, Func<byte[], byte[]> write) => SecretMarker.Settle(json, part => write(Json(part)));

    /// <summary>The files of an engine's configuration, and its running process.</summary>
    public static EngineConfigurationFiles Apply(EngineConfigurationFiles files)
    {
        // What a file is, is told by its name as it stays.
        (BytePath Path, ConfigurationFileContent Content)[] all = [.. files.Files.Select(file => (Path(file.Key), file.Value))];
        HashSet<ByteString> kept = [.. EngineConfigurationResolver.Variables, .. EngineConfigurationResolver.AssumedFiles.Select(file => file.Variable)];

        // Only what stays in the text counts, or the next time it would be gone.
        foreach ((_, ConfigurationFileContent file) in all.Where(file => IsUnit(file.Path)))
            AddReferences(kept, SecretMarker.Settle(file.Content.Span, static text => SecretUnit.Filter(text, [])).Span);

        EngineConfigurationFiles filtered = EngineConfigurationFiles.Empty;
        foreach ((BytePath path, ConfigurationFileContent file) in all)
        {
            bool isEmpty = file.Content.IsEmpty && file.Reason.Length == 0;
            filtered = filtered.With(path, isEmpty ? file : file with { Content = File(path, file.Content, kept), Reason = Text(file.Reason) });
        }

        return filtered.WithProcess(files.Process is { } process ? Process(process) : null);
    }

    private static EngineProcess Process(EngineProcess process) => process with
    {
        Arguments = [.. SecretCommand.Filter(process.Arguments)],
        Environment = [.. process.Environment.Select(Variable)],
    };

    private static ByteString Variable(ByteString variable)
    {
        int equals = variable.Span.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = SecretNames.Show(variable.Span[..Math.Max(0, equals)]).Span;
        ReadOnlySpan<byte> value = variable.Span[(equals + 1)..];
        return variable.IsEmpty ? variable
            : new ByteString([.. name, .. equals < 0 ? default : "="u8, .. EngineConfigurationResolver.Variables.Contains(new ByteString(name)) ? SecretText.Filter(value).Span : SecretMarker.Text]);
    }

    private static ByteString File(BytePath path, ByteString content, HashSet<ByteString> kept) => SecretMarker.Settle(content.Span, text => Pass(path, text, kept));

    /// <summary>One pass: what a file holds decides what it is, also when something was left out of it. A key is of several lines, whatever those are to the file.</summary>
    private static byte[] Pass(BytePath path, ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        ReadOnlySpan<byte> start = text.StartsWith(DaemonJson.ByteOrderMark) ? text[DaemonJson.ByteOrderMark.Length..] : text;
        start = start.TrimStart(" \t\r\n"u8);
        ReadOnlySpan<byte> plain = SecretText.WithoutKeys(text);
        return RemappedUsers.IsAccountFile(path) ? RemappedUsers.Filter(plain)
            : IsUnit(path) ? SecretUnit.Filter(plain, kept)
            : path.Span.EndsWith(".toml"u8) || StartsWithHeader(start) ? SecretLines.Filter(plain)
            : path.Span.EndsWith(".json"u8) || start is [(byte)'{' or (byte)'[', ..] ? SecretJson.Filter(plain)
            : SecretVariables.Filter(plain, kept);
    }

    /// <summary>Whether the first line that is no comment is the header of a table: <c>[storage]</c>. JSON has quotes or more brackets there.</summary>
    private static bool StartsWithHeader(ReadOnlySpan<byte> text)
    {
        while (text is [(byte)'#', ..])
        {
            int end = text.IndexOf((byte)'\n');
            text = end < 0 ? default : text[end..].TrimStart(" \t\r\n"u8);
        }

        int length = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = (length < 0 ? text : text[..length]).Trim(" \t\r"u8);
        return line is [(byte)'[', (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'[', .., (byte)']'] && line.IndexOf((byte)',') < 0;
    }

    private static bool IsUnit(BytePath path) => Array.Exists(ServiceUnit.Directories, directory => path.StartsWith(directory));

    /// <summary>The names behind every <c>$</c>, with braces or without.</summary>
    private static void AddReferences(HashSet<ByteString> names, ReadOnlySpan<byte> text)
    {
        for (int i = text.IndexOf((byte)'$'); i >= 0;)
        {
            text = text[(i + 1)..].TrimStart((byte)'{');
            int length = text.IndexOfAnyExcept(SecretCharacters.Variable);
            length = length < 0 ? text.Length : length;
            if (length > 0 && !SecretNames.IsSecret(text[..length]))
                names.Add(new ByteString(text[..length]));
            i = text.IndexOf((byte)'$');
        }
    }
}
