using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Configuration;

public sealed partial class EngineConfigurationFiles
{
    /// <summary>No configuration is longer; the service manager itself stops at a line of 1 MiB.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>Files that one file names can name further ones; two rounds follow from the formats, more would be a mistake.</summary>
    private const int MostRounds = 4;

    /// <summary>How the names of the engine's program begin.</summary>
    private static ReadOnlySpan<byte> Engine => "docker"u8;

    private static readonly BytePath ProcessIdFile = BytePath.FromText("/var/run/docker.pid");

    /// <summary>Takes the files of a host, and the engine that its <c>/var/run/docker.pid</c> names if it runs, in the host's namespaces and by root's word.</summary>
    /// <param name="root">The host's root directory: <c>/</c>, or where it is mounted, such as <c>/host</c>. Links stay below it.</param>
    /// <exception cref="ConfigurationFileException">The root directory cannot be opened.</exception>
    public static EngineConfigurationFiles Read(BytePath root) => Read(root, processId: null);

    /// <summary>Takes the files of a host, and a running engine.</summary>
    /// <param name="root">The host's root directory: <c>/</c>, or where it is mounted, such as <c>/host</c>. Links stay below it.</param>
    /// <param name="processId">The engine's process id, as the <c>/proc</c> below the root shows it; without one, that of <c>/var/run/docker.pid</c>.</param>
    /// <exception cref="ConfigurationFileException">The root directory cannot be opened.</exception>
    public static EngineConfigurationFiles Read(BytePath root, int? processId)
    {
        using RootedDirectory directory = HostDirectory.OpenRoot(root);
        var files = ImmutableSortedDictionary.CreateBuilder<BytePath, ConfigurationFileContent>();
        files[EngineConfigurationResolver.DefaultConfigurationFile] = ReadFile(directory, EngineConfigurationResolver.DefaultConfigurationFile);
        foreach ((BytePath path, _) in EngineConfigurationResolver.AssumedFiles)
            files[path] = ReadFile(directory, path);
        if (ReadFile(directory, EngineConfigurationResolver.SnapConfigurationFile) is { State: not ConfigurationFileState.Missing } ofSnap)
            files[EngineConfigurationResolver.SnapConfigurationFile] = ofSnap;
        foreach (BytePath units in ServiceUnit.Directories)
        {
            BytePath unit = units.Combine(ServiceUnit.Name);
            if (ReadUnit(directory, unit) is { State: not ConfigurationFileState.Missing } content)
                files[unit] = content;
            foreach (BytePath dropIns in ServiceUnit.DropInDirectories.Select(units.Combine))
            {
                foreach (BytePath path in HostDirectory.List(directory, dropIns, ".conf"u8).Select(dropIns.Combine))
                    files[path] = ReadUnit(directory, path);
            }
        }

        EngineConfigurationFiles found = new(files.ToImmutable(), ReadProcess(directory, root, processId));
        for (int round = 0; round < MostRounds; round++)
        {
            BytePath[] named = [.. NamedFiles(found).Where(path => path.IsAbsolute && !found._files.ContainsKey(path)).Distinct()];
            if (named.Length == 0)
                break;
            foreach (BytePath path in named)
                found = found.With(path, ReadFile(directory, path));
        }

        return WithRemappedUsers(directory, found);
    }

    /// <summary>Where users are remapped, what the host's files tell of those, and of nobody else.</summary>
    private static EngineConfigurationFiles WithRemappedUsers(RootedDirectory directory, EngineConfigurationFiles found)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(found);
        EngineSetting[] settings = [.. new[] { configuration.RemappedUser, configuration.NextStart.RemappedUser }.OfType<EngineSetting>()];
        if (settings.Length == 0)
            return found;
        ConfigurationFileContent accounts = ReadFile(directory, RemappedUsers.Accounts);
        string[] names = [.. settings.SelectMany(setting => RemappedUsers.NamesOf(setting, accounts.Content.Span))];
        foreach (BytePath path in (ReadOnlySpan<BytePath>)[RemappedUsers.Accounts, RemappedUsers.SubordinateUsers, RemappedUsers.SubordinateGroups])
        {
            ConfigurationFileContent file = path == RemappedUsers.Accounts ? accounts : ReadFile(directory, path);
            found = found.With(path, file with { Content = RemappedUsers.Select(file.Content.Span, names) });
        }

        return found;
    }

    private static IEnumerable<BytePath> NamedFiles(EngineConfigurationFiles files)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(files);
        return [.. ServiceUnit.Read(files).EnvironmentFiles, configuration.ConfigurationFile, configuration.NextStart.ConfigurationFile];
    }

    private static ConfigurationFileContent ReadFile(RootedDirectory root, BytePath path)
    {
        if (BoundedFile.TryRead(root, path.Span, MostBytes, out byte[] content, out Errno error))
            return ConfigurationFileContent.Of(ByteString.Wrap(content));
        if (error == Errno.ENOENT || error == Errno.ENOTDIR)
            return ConfigurationFileContent.Missing;
        ConfigurationFileState state = error == Errno.EINVAL || error == Errno.ENXIO ? ConfigurationFileState.NoFile : ConfigurationFileState.Unreadable;
        return new ConfigurationFileContent(state, default, state == ConfigurationFileState.NoFile ? "it is no file" : error.ToString());
    }

    /// <summary>A unit that is a link to /dev/null is masked, also where the root has no such device.</summary>
    private static ConfigurationFileContent ReadUnit(RootedDirectory root, BytePath path)
    {
        bool isOpen = root.TryOpenFile(path.Span, OpenFlags.Path | OpenFlags.NoFollow, LinkRule.FollowInside, out SafeFileHandle opened, out _);
        using SafeFileHandle file = opened;
        return isOpen && LibC.TryReadLink(file, default, out byte[] target, out _) && target.AsSpan().SequenceEqual("/dev/null"u8)
            ? new ConfigurationFileContent(ConfigurationFileState.NoFile, default, "it is a link to /dev/null")
            : ReadFile(root, path);
    }

    private static EngineProcess? ReadProcess(RootedDirectory root, BytePath hostRoot, int? processId)
    {
        bool isNamed = processId is not null;
        if (!isNamed && BoundedFile.TryRead(root, ProcessIdFile.Span, maxLength: 64, out byte[] text, out _)
            && Utf8Parser.TryParse(text, out int written, out _) && written > 0)
            processId = written;
        if (processId is not { } id)
            return null;

        BytePath proc = hostRoot.Combine(BytePath.FromText("proc"));
        bool isOpen = ProcessTrust.TryOpen(proc.Span, id, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        bool isLive = ProcFileSystem.IsLive(root);
        if (isLive && (!isOpen || !IsBelieved(process, proc, id, isNamed)))
            return null;
        byte[] arguments = ReadOfProcess("cmdline"u8);
        if (arguments.Length == 0)
            return null;
        ImmutableArray<ByteString> words = ByteString.SplitAtZeros(arguments);
        return new BytePath(words[0]).FileName.Span.StartsWith(Engine) ? new EngineProcess(id, words, ByteString.SplitAtZeros(ReadOfProcess("environ"u8))) : null;

        // What another process writes in a recorded tree is walked to below the host root.
        byte[] ReadOfProcess(ReadOnlySpan<byte> name) => isLive ? ProcessTrust.Read(process, name, MostBytes)
            : BoundedFile.TryRead(root, [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/")), .. name], MostBytes, out byte[] content, out _) ? content
            : [];
    }

    /// <summary>A process id in a file may be that of another program by now, or of somebody who waited for the number; one that the caller names may be in namespaces of its own.</summary>
    private static bool IsBelieved(SafeFileHandle process, BytePath proc, int id, bool isNamed)
    {
        BytePath root = proc.Combine(BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"{id}/root")));
        return ProcessTrust.FindDoubt(process, proc.Span, root.Span, isNamed ? [] : ["pid", "mnt"]) is null
            && ProcessTrust.ProgramOf(process) is var program && (program.Length == 0 || program.AsSpan().StartsWith(Engine));
    }
}
