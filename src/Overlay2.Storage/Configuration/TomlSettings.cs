using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Tomlyn;
using Tomlyn.Parsing;

namespace Overlay2.Storage.Configuration;

/// <summary>The texts of a TOML file, by the names of the tables and keys that lead to them. The only place that reads TOML.</summary>
/// <remarks>
/// Reads event by event and keeps texts only, so that what it holds is bounded by the file: names that are nested deeper than
/// <see cref="MaxNames"/> or longer than <see cref="MaxPathLength"/> are passed over. Source: toml.io.
/// </remarks>
internal sealed class TomlSettings
{
    /// <summary>No configuration is longer.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxNames = 8;
    private const int MaxPathLength = 512;
    private const char Separator = '\u001f';

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.Ordinal);

    private TomlSettings()
    {
    }

    /// <summary>Reads a file.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="error">What is wrong with it, and where.</param>
    public static bool TryParse(ByteString content, [NotNullWhen(true)] out TomlSettings? settings, [NotNullWhen(false)] out string? error)
    {
        settings = null;
        if (content.Length > MaxLength)
        {
            error = $"more than {MaxLength} bytes";
            return false;
        }

        try
        {
            var read = new TomlSettings();
            error = read.Read(TomlParser.Create(s_utf8.GetString(content.Span)));
            settings = error is null ? read : null;
            return error is null;
        }
        catch (DecoderFallbackException)
        {
            error = "not UTF-8";
        }
        catch (TomlException e)
        {
            // The message of the parser may quote the file, whose reader may be somebody else than its writer.
            error = $"line {e.Line}, column {e.Column}: not TOML";
        }
        catch (ArgumentOutOfRangeException)
        {
            // Tomlyn 2.10 cannot name a character behind a backslash that is none (found by fuzzing).
            error = "an escape that is none";
        }

        return false;
    }

    /// <summary>Reads a configuration file of a host.</summary>
    /// <returns>None where there is no such file, and where it cannot be used: then a problem says so.</returns>
    public static TomlSettings? TryRead(RootedDirectory host, BytePath path, List<TomlProblem> problems)
    {
        bool isRead = BoundedFile.TryRead(host, path.Span, MaxLength, out byte[] content, out Errno error);
        return Take(path, isRead, content, error, problems);
    }

    /// <summary>Reads a configuration file that a user writes, with no other rights than his (<see cref="UserFile"/>).</summary>
    /// <param name="host">The host's root directory.</param>
    /// <param name="home">The user's home directory.</param>
    /// <param name="path">The file in it.</param>
    /// <param name="userId">The user; <see langword="null"/> for whom the home directory belongs to.</param>
    /// <param name="problems">Gets the reason where there is a file that cannot be used.</param>
    /// <returns>None where there is no such file, and where it cannot be used: then a problem says so.</returns>
    public static TomlSettings? TryReadOfUser(RootedDirectory host, BytePath home, BytePath path, uint? userId, List<TomlProblem> problems)
    {
        bool isRead = UserFile.TryRead(host, home.Span, path.Span, userId, MaxLength, out byte[] content, out Errno error);
        return Take(home.Combine(path), isRead, content, error, problems);
    }

    private static TomlSettings? Take(BytePath path, bool isRead, byte[] content, Errno error, List<TomlProblem> problems)
    {
        if (!isRead)
        {
            if (error != Errno.ENOENT && error != Errno.ENOTDIR)
                problems.Add(new TomlProblem(path, IsRead: false, error.ToString()));
            return null;
        }

        if (TryParse(ByteString.Wrap(content), out TomlSettings? settings, out string? reason))
            return settings;
        problems.Add(new TomlProblem(path, IsRead: true, reason));
        return null;
    }

    /// <summary>The text of a key; <see langword="null"/> where it is absent or no text.</summary>
    public string? Text(params ReadOnlySpan<string> path) => _texts.TryGetValue(string.Join(Separator, path), out List<string>? texts) && texts.Count > 0 ? texts[^1] : null;

    /// <summary>The texts of an array, or the one text of a key; <see langword="null"/> where there is neither.</summary>
    public IReadOnlyList<string>? Texts(params ReadOnlySpan<string> path) => _texts.GetValueOrDefault(string.Join(Separator, path));

    /// <returns>What is wrong; <see langword="null"/> if nothing is.</returns>
    private string? Read(TomlParser parser)
    {
        // Of each table and array that is open: the path that leads there; nothing where it is too long.
        Stack<(string? Path, bool IsArray)> open = new();
        string? path = "";
        while (parser.MoveNext())
        {
            switch (parser.Current.Kind)
            {
                case TomlParseEventKind.StartTable:
                    open.Push((path, IsArray: false));
                    break;
                case TomlParseEventKind.StartArray:
                    // An array without elements is there all the same.
                    if (path is not null)
                        _texts.TryAdd(path, []);
                    open.Push((path, IsArray: true));
                    break;
                case TomlParseEventKind.EndTable or TomlParseEventKind.EndArray:
                    open.Pop();
                    path = open.TryPeek(out (string? Path, bool IsArray) outer) ? outer.Path : "";
                    break;
                case TomlParseEventKind.PropertyName:
                    path = Combine(open.Count > 0 ? open.Peek().Path : "", parser.GetPropertyName(), open.Count);
                    break;
                case TomlParseEventKind.String when path is not null:
                    if (!_texts.TryGetValue(path, out List<string>? texts))
                        _texts.Add(path, [parser.GetString()]);
                    else if (open.Any(level => level.IsArray))
                        texts.Add(parser.GetString());
                    else
                        return $"line {parser.Current.Line}, column {parser.Current.Column}: a key is there twice";
                    break;
            }
        }

        return parser.HasErrors ? "not TOML" : null;
    }

    private static string? Combine(string? outer, string name, int depth)
    {
        if (outer is null || depth > MaxNames || outer.Length + name.Length >= MaxPathLength)
            return null;
        return outer.Length == 0 ? name : outer + Separator + name;
    }
}
