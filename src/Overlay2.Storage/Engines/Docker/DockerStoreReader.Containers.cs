using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private static readonly BytePath s_configuration = BytePath.FromText("config.v2.json");
    private static readonly BytePath s_hostConfiguration = BytePath.FromText("hostconfig.json");

    private List<DockerContainer> ReadContainers()
    {
        List<DockerContainer> containers = [];
        foreach (FileTreeEntry entry in List(DockerNames.Containers))
        {
            if (entry.Type == StoreEntryType.Directory)
                containers.Add(ReadContainer(entry.Name));
        }

        return containers;
    }

    private DockerContainer ReadContainer(ByteString id)
    {
        BytePath directory = DockerNames.Containers.Combine(new BytePath(id));
        var container = new DockerContainer { Id = id };
        StoreProblem? problem = ParseFile(directory.Combine(s_configuration), configuration =>
        {
            JsonFields state = configuration.Object("State");
            container = container with
            {
                Name = configuration.Text("Name").TrimStart('/'),
                ImageId = configuration.Text("Image"),
                ImageReference = configuration.Object("Config").Text("Image"),
                Driver = configuration.Text("Driver"),
                IsRunning = state.Truth("Running"),
                IsPaused = state.Truth("Paused"),
                IsRestarting = state.Truth("Restarting"),
                IsDead = state.Truth("Dead"),
                IsRemovalInProgress = state.Truth("RemovalInProgress"),
                ProcessId = state.Number("Pid"),
                ExitCode = state.Number("ExitCode"),
                Health = state.Object("Health").Text("Status"),
            };
        });
        StoreProblem? hostProblem = ParseFile(directory.Combine(s_hostConfiguration), configuration =>
            container = container with
            {
                RestartPolicy = configuration.Object("RestartPolicy").Text("Name"),
                IsRemovedOnStop = configuration.Truth("AutoRemove"),
            });
        return container with { Problem = problem ?? hostProblem };
    }

    /// <summary>Reads an object from a JSON file that the engine always writes; its absence is a problem too.</summary>
    private StoreProblem? ParseFile(BytePath path, Action<JsonFields> read)
    {
        if (!Tree.TryRead(path, Options.MaxFileLength, out ByteString content, out StoreProblem? problem))
        {
            Report(problem);
            return problem;
        }

        if (!JsonFields.TryParse(content, out JsonDocument? document, out JsonFields? fields, out string? error))
        {
            problem = ParseProblem(path, error);
            Report(problem);
            return problem;
        }

        using (document)
        {
            read(fields);
            if (fields.Errors.Count == 0)
                return null;
            problem = ParseProblem(path, string.Join("; ", fields.Errors));
            Report(problem);
            return problem;
        }
    }
}
