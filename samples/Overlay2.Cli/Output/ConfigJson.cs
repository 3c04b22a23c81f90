using System.Text.Json;
using Overlay2.Storage.Configuration;

namespace Overlay2.Cli.Output;

/// <summary><c>config --json</c>, format version 1.</summary>
internal static class ConfigJson
{
    private const int FormatVersion = 1;

    /// <summary>What is in force.</summary>
    public static void Write(Utf8JsonWriter json, EngineConfiguration configuration, ImageStoreChoice store, EngineStart start)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        json.WriteString("origin", configuration.Origin.ToString());
        SurrogateEscape.WriteProperty(json, "configurationFile", configuration.ConfigurationFile.Span);
        json.WritePropertyName("storageDriver");
        Write(json, configuration.StorageDriver);
        json.WritePropertyName("storageDriverNextStart");
        Write(json, configuration.NextStart.StorageDriver);
        json.WriteStartArray("storageOptions");
        foreach (EngineSetting option in configuration.StorageOptions)
            Write(json, option);
        json.WriteEndArray();
        json.WritePropertyName("dataRoot");
        Write(json, configuration.DataRoot);
        json.WritePropertyName("execRoot");
        Write(json, configuration.ExecRoot);
        json.WritePropertyName("containerdSnapshotter");
        Write(json, configuration.ContainerdSnapshotter);
        json.WritePropertyName("remappedUser");
        Write(json, configuration.RemappedUser);
        if (configuration.EngineRoot is { } root)
            SurrogateEscape.WriteProperty(json, "engineRoot", root.Span);
        else
            json.WriteNull("engineRoot");
        json.WriteStartObject("imageStore");
        if (store.UsesContainerd is { } uses)
            json.WriteBoolean("usesContainerd", uses);
        else
            json.WriteNull("usesContainerd");
        json.WriteString("because", store.Because);
        json.WriteEndObject();
        json.WritePropertyName("containerdMigration");
        Write(json, configuration.ContainerdMigration);
        json.WritePropertyName("migrationThreshold");
        Write(json, configuration.MigrationThreshold);
        json.WritePropertyName("embeddedContainerd");
        Write(json, configuration.EmbeddedContainerd);
        json.WriteString("nextStart", start.Outcome.ToString());
        json.WriteStartArray("problems");
        foreach (EngineProblem problem in configuration.Problems.Concat(start.Problems.Where(problem => configuration.Problems.All(known => known.Message != problem.Message))))
            Write(json, problem);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A change of the driver.</summary>
    public static void Write(Utf8JsonWriter json, string driver, bool dryRun, IReadOnlyList<ConfigurationEdit> edits, IReadOnlyList<ConfigurationReplacement> replacements)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        json.WriteString("storageDriver", driver);
        json.WriteBoolean("dryRun", dryRun);
        json.WriteStartArray("files");
        for (int i = 0; i < edits.Count; i++)
        {
            json.WriteStartObject();
            SurrogateEscape.WriteProperty(json, "path", edits[i].Path.Span);
            SurrogateEscape.WriteProperty(json, "difference", edits[i].Difference.Span);
            if (i < replacements.Count)
                WriteReplacement(json, replacements[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReplacement(Utf8JsonWriter json, ConfigurationReplacement replacement)
    {
        SurrogateEscape.WriteProperty(json, "written", replacement.Path.Span);
        if (replacement.Backup.IsEmpty)
            json.WriteNull("backup");
        else
            SurrogateEscape.WriteProperty(json, "backup", replacement.Backup.Span);
    }

    private static void Write(Utf8JsonWriter json, EngineProblem problem)
    {
        json.WriteStartObject();
        json.WriteString("kind", problem.Kind.ToString());
        json.WriteString("message", problem.Message);
        if (problem.StopsEngine(majorVersion: null) is { } stops)
            json.WriteBoolean("stopsEngine", stops);
        else
            json.WriteNull("stopsEngine");
        json.WriteStartArray("sources");
        foreach (ConfigurationSource source in problem.Sources)
            Write(json, source);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EngineSetting? setting)
    {
        if (setting is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        SurrogateEscape.WriteProperty(json, "value", setting.Value.Span);
        json.WritePropertyName("source");
        Write(json, setting.Source);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ConfigurationSource source)
    {
        json.WriteStartObject();
        json.WriteString("kind", source.Kind.ToString());
        if (!source.Path.IsEmpty)
            SurrogateEscape.WriteProperty(json, "path", source.Path.Span);
        if (source.Line > 0)
            json.WriteNumber("line", source.Line);
        json.WriteEndObject();
    }
}
