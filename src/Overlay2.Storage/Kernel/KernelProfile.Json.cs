using System.Collections.Immutable;
using System.Text.Json;

namespace Overlay2.Storage.Kernel;

public sealed partial class KernelProfile
{
    /// <summary>The longest profile that is read, in bytes.</summary>
    public const int MaxJsonLength = 4 << 20;

    private const int JsonFormatVersion = 1;

    /// <summary>Reads a profile that <see cref="ToJson"/> wrote, or one in the form of the recorder of mount experiments
    /// (<c>"kind":"profile"</c>).</summary>
    /// <param name="json">JSON in UTF-8, at most <see cref="MaxJsonLength"/> bytes.</param>
    /// <exception cref="KernelProfileFormatException">Not such a profile; the message says where and why.</exception>
    public static KernelProfile Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxJsonLength)
            throw new KernelProfileFormatException("A profile has at most 4 MiB.");

        try
        {
            KernelProfileFile file = JsonSerializer.Deserialize(json, KernelProfileJsonContext.Default.KernelProfileFile)
                ?? throw new KernelProfileFormatException("A profile is a JSON object.");
            return file.Kind == KernelProfileRecording.Kind
                ? KernelProfileRecording.Read(JsonSerializer.Deserialize(json, KernelProfileJsonContext.Default.KernelProfileRecording)!)
                : Read(file);
        }
        catch (JsonException e)
        {
            throw new KernelProfileFormatException($"Not a profile: {e.Message}", e);
        }
    }

    /// <summary>The profile as JSON in UTF-8, indented, with <c>"formatVersion":1</c>.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(ToFile(), KernelProfileJsonContext.Default.KernelProfileFile);

    /// <summary>The members of a profile file.</summary>
    internal KernelProfileFile ToFile() => new()
    {
        FormatVersion = JsonFormatVersion,
        Kernel = Version.ToString(),
        Release = Release,
        VersionText = VersionText,
        Machine = Machine,
        Parameters = new(Parameters, StringComparer.Ordinal),
        KernelConfig = [.. KernelConfig],
        FileSystems = [.. FileSystems],
        Features = new(Features, StringComparer.Ordinal),
    };

    /// <summary>The profile of a file.</summary>
    /// <exception cref="KernelProfileFormatException">A member is missing or has a wrong form.</exception>
    internal static KernelProfile Read(KernelProfileFile file)
    {
        if (file.FormatVersion != JsonFormatVersion)
            throw new KernelProfileFormatException("The member formatVersion is not 1.");
        if (!KernelVersion.TryParse(file.Kernel, out KernelVersion version))
            throw new KernelProfileFormatException("The member kernel is not a version.");

        return new KernelProfile
        {
            Version = version,
            Release = file.Release ?? file.Kernel!,
            VersionText = file.VersionText ?? "",
            Machine = file.Machine ?? "",
            Parameters = Texts(file.Parameters, "parameters"),
            KernelConfig = Lines(file.KernelConfig, "kernelConfig"),
            FileSystems = Lines(file.FileSystems, "fileSystems"),
            Features = Evidence(file.Features),
        };
    }

    /// <summary>A member of names and texts; JSON may hold a null where the type does not.</summary>
    internal static ImmutableSortedDictionary<string, string> Texts(Dictionary<string, string>? texts, string member)
    {
        if (texts is null)
            return NoTexts;
        if (texts.ContainsValue(null!))
            throw new KernelProfileFormatException($"The member {member} holds a null.");
        return texts.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>A member of texts; JSON may hold a null where the type does not.</summary>
    internal static ImmutableArray<string> Lines(string[]? lines, string member)
    {
        if (lines is null)
            return [];
        if (Array.IndexOf(lines, null) >= 0)
            throw new KernelProfileFormatException($"The member {member} holds a null.");
        return [.. lines];
    }

    private static ImmutableSortedDictionary<string, FeatureEvidence> Evidence(Dictionary<string, FeatureEvidence>? features)
    {
        var known = ImmutableSortedDictionary.CreateBuilder<string, FeatureEvidence>(StringComparer.Ordinal);
        foreach ((string id, FeatureEvidence evidence) in features ?? [])
        {
            if (evidence is not { Source: not null } || !Enum.IsDefined(evidence.Status))
                throw new KernelProfileFormatException("The member features holds an entry without status or source.");
            known[id] = evidence;
        }

        return known.ToImmutable();
    }
}
