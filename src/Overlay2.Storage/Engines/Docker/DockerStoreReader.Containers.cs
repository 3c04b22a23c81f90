using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private List<DockerContainer> ReadContainers() => [.. ListDirectories(Tree, DockerNames.Containers).Select(ReadContainer)];

    private DockerContainer ReadContainer(ByteString id)
    {
        BytePath directory = DockerNames.Containers.Combine(new BytePath(id));
        var container = new DockerContainer { Id = id };
        StoreProblem? problem = ParseFile(directory.Combine(DockerNames.Configuration), configuration =>
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
        StoreProblem? hostProblem = ParseFile(directory.Combine(DockerNames.HostConfiguration), configuration =>
            container = container with
            {
                RestartPolicy = configuration.Object("RestartPolicy").Text("Name"),
                IsRemovedOnStop = configuration.Truth("AutoRemove"),
            });
        return container with { Problem = problem ?? hostProblem };
    }

    /// <summary>Reads an object from a JSON file. One that is not there was read too: the engine does without the second file of a container, and without the first there is none.</summary>
    private StoreProblem? ParseFile(BytePath path, Action<JsonFields> read)
    {
        StoreProblem? problem = ReadJson(path, Options.MaxFileLength, JsonValueKind.Object, read);
        ReportUnlessMissing(problem);
        return problem;
    }
}
