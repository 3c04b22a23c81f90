using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

public sealed partial class LinuxHost
{
    /// <summary>The kernel says of each of these files that it has the length of a page.</summary>
    private const int LongestParameter = 1 << 16;

    /// <inheritdoc/>
    public ConfigurationFileContent ReadConfiguration(BytePath path) => SecretFilter.Apply(ReadConfigurationFiles())[path];

    /// <inheritdoc/>
    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content)
    {
        try
        {
            EngineConfigurationFiles files = ReadConfigurationFiles();
            if (!files.Files.TryGetValue(path, out ConfigurationFileContent? real))
                return new HostResult($"{path} {MemoryHost.NotOfConfiguration}");
            if (!ConfigurationPredicate.Holds(SecretFilter.Apply(files)[path], original))
                return new HostResult($"{path} {MemoryHost.NotAsMeant}");
            if (content is not { } wanted)
            {
                ConfigurationFile.Remove(_options.HostRoot, new ConfigurationEdit(path, real.Content, default));
                return HostResult.Done;
            }

            // The plan does not know what is secret in the file: its lines take the place of the same lines there, and the others stay.
            ByteString changed = wanted;
            if (original is { } seen && (!ConfigurationLines.Between(seen, wanted).TryApply(real.Content, ConfigurationLines.Count(seen), out changed)
                || SecretFilter.Apply(files.With(path, changed))[path].Content != wanted))
                return new HostResult($"the lines of {path} to change hold what no plan knows: change them by hand");
            ConfigurationFile.Replace(_options.HostRoot, new ConfigurationEdit(path, original is null ? null : real.Content, changed));
            return HostResult.Done;
        }
        catch (ConfigurationFileException e)
        {
            return new HostResult(e.Message);
        }
    }

    /// <inheritdoc/>
    public string? ReadModuleParameter(string parameter)
    {
        if (!ModuleParameters.IsKnown(parameter) || !RootedDirectory.TryOpen(_options.HostRoot.Span, out RootedDirectory? root, out _))
            return null;
        using (root)
        {
            return BoundedFile.TryRead(root!, ModuleParameters.PathOf(parameter).Span, LongestParameter, out byte[] text, out _)
                ? new ByteString(text.AsSpan().TrimEnd("\n"u8)).ToString()
                : null;
        }
    }

    /// <inheritdoc/>
    public HostResult SetModuleParameter(string parameter, string from, string to)
    {
        string? value = ReadModuleParameter(parameter);
        if (value != from)
            return new HostResult(value is null ? $"the module has no parameter {parameter} that can be read" : $"the parameter {parameter} is {value}");
        if (!RootedDirectory.TryOpen(_options.HostRoot.Span, out RootedDirectory? root, out Errno error))
            return new HostResult($"{_options.HostRoot}: {error}");
        using (root)
        {
            bool isOpen = root!.TryOpenFile(ModuleParameters.PathOf(parameter).Span, OpenFlags.WriteOnly | OpenFlags.NoFollow, LinkRule.Refuse, out SafeFileHandle opened, out error);
            using SafeFileHandle file = opened;
            if (isOpen)
                error = LibC.WriteAll(file, System.Text.Encoding.ASCII.GetBytes(to));
            return isOpen && !error.IsError ? HostResult.Done : new HostResult($"{ModuleParameters.PathOf(parameter)} cannot be written: {error}");
        }
    }

    private EngineConfigurationFiles ReadConfigurationFiles()
    {
        FollowEngine();
        return EngineConfigurationFiles.Read(_options.HostRoot, _options.EngineProcessId is null ? null : _engine);
    }
}
