using System.Text.Json;
using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The mounts of every mount namespace.</summary>
internal static class NamespacesView
{
    /// <summary>A namespace of a busy service has hundreds of processes; the first few identify it.</summary>
    private const int MostProcesses = 8;

    public static void Write(IAnsiConsole console, IReadOnlyList<MountNamespace> namespaces, MountFilter filter)
    {
        foreach (MountNamespace found in namespaces)
        {
            string more = found.ProcessIds.Length > MostProcesses ? " …" : "";
            string processes = string.Join(' ', found.ProcessIds.Take(MostProcesses)) + more;
            console.PutLine($"mnt:[{found.Id}]  processes {processes}", Styles.Heading);
            if (found.IsRead)
                MountListView.Write(console, found.Table, filter);
            else
                console.PutLine($"not read: {found.Failure.Message}");
            console.PutLine();
        }
    }

    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<MountNamespace> namespaces, MountFilter filter)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", 1);
        json.WriteStartArray("namespaces");
        foreach (MountNamespace found in namespaces)
        {
            json.WriteStartObject();
            json.WriteNumber("id", found.Id);
            json.WriteStartArray("processes");
            foreach (int process in found.ProcessIds)
                json.WriteNumberValue(process);
            json.WriteEndArray();
            if (found.IsRead)
                MountsJson.WriteMounts(json, found.Table, filter);
            else
                json.WriteString("failure", found.Failure.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
