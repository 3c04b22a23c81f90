using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes out of configuration what a snapshot must never hold: values of variables, credentials in addresses, passwords and tokens.</summary>
/// <remarks>
/// Lines stay where they are, and everything that decides on the engine's storage stays as it is. Of variables only those are kept that
/// the engine's command line is made of, and <c>DOCKER_DRIVER</c>. Applied twice it changes nothing more.
/// </remarks>
internal static class SecretFilter
{
    private static readonly ByteString s_driver = ByteString.FromText("DOCKER_DRIVER");

    private static ReadOnlySpan<byte> Redacted => "REDACTED"u8;

    public static EngineConfigurationFiles Apply(EngineConfigurationFiles files)
    {
        HashSet<ByteString> kept = [s_driver, .. EngineConfigurationResolver.AssumedFiles.Select(file => file.Variable)];

        // Only what stays in the text counts, or the next time it would be gone.
        foreach ((_, ConfigurationFileContent file) in files.Files.Where(file => IsUnit(file.Key)))
            AddReferences(kept, SecretText.Filter(UnitEnvironmentFilter.Apply(file.Content.Span, [])).Span);

        EngineConfigurationFiles filtered = files;
        foreach ((BytePath path, ConfigurationFileContent file) in files.Files)
        {
            if (!file.Content.IsEmpty)
                filtered = filtered.With(path, file with { Content = Filter(path, file.Content.Span, kept) });
        }

        return filtered.WithProcess(files.Process is { } process ? Filter(process) : null);
    }

    private static EngineProcess Filter(EngineProcess process) => process with
    {
        Arguments = [.. process.Arguments.Select(argument => SecretText.Filter(argument.Span))],
        Environment = [.. process.Environment.Select(FilterVariable)],
    };

    private static ByteString FilterVariable(ByteString variable)
    {
        int equals = variable.Span.IndexOf((byte)'=');
        return equals < 0 || variable.Span[..equals].SequenceEqual(s_driver.Span) ? variable : new ByteString([.. variable.Span[..(equals + 1)], .. Redacted]);
    }

    private static ByteString Filter(BytePath path, ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        if (IsUnit(path))
            return SecretText.Filter(UnitEnvironmentFilter.Apply(text, kept));
        ReadOnlySpan<byte> start = text.StartsWith(DaemonJson.ByteOrderMark) ? text[DaemonJson.ByteOrderMark.Length..] : text;
        bool isJson = path.Span.EndsWith(".json"u8) || start.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
        return SecretText.Filter(isJson ? SecretText.FilterJson(text) : FilterVariables(text, kept));
    }

    private static byte[] FilterVariables(ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        List<byte> filtered = new(text.Length);
        int copied = 0;
        foreach (EnvironmentAssignment assignment in EnvironmentFile.Parse(text))
        {
            if (kept.Contains(assignment.Name) || assignment.ValueStart == assignment.ValueEnd)
                continue;

            // A value of several lines stays one, so that the lines behind it keep their numbers.
            int newLines = text[assignment.ValueStart..assignment.ValueEnd].Count((byte)'\n');
            filtered.AddRange(text[copied..assignment.ValueStart]);
            filtered.AddRange(newLines == 0 ? Redacted : [(byte)'"', .. Redacted, .. Enumerable.Repeat((byte)'\n', newLines), (byte)'"']);
            copied = assignment.ValueEnd;
        }

        filtered.AddRange(text[copied..]);
        return [.. filtered];
    }

    private static bool IsUnit(BytePath path) => Array.Exists(ServiceUnit.Directories, directory => path.StartsWith(directory));

    /// <summary>The names behind every <c>$</c>, with braces or without.</summary>
    private static void AddReferences(HashSet<ByteString> names, ReadOnlySpan<byte> text)
    {
        for (int i = text.IndexOf((byte)'$'); i >= 0;)
        {
            text = text[(i + 1)..].TrimStart((byte)'{');
            int length = 0;
            while (length < text.Length && SecretText.IsNameCharacter(text[length]))
                length++;
            if (length > 0)
                names.Add(new ByteString(text[..length]));
            i = text.IndexOf((byte)'$');
        }
    }
}
