using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Configuration.Secrets;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The configuration of this machine's engine, and the parameters of its overlay module.</summary>
internal sealed class LinuxConfiguration(LinuxMachine machine) : IConfigurationOperations
{
    /// <summary>The kernel says of each of these files that it has the length of a page.</summary>
    private const int LongestParameter = 1 << 16;

    public ConfigurationFileContent ReadConfiguration(BytePath path) => SecretFilter.Apply(machine.ReadConfigurationFiles())[path];

    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content)
    {
        try
        {
            EngineConfigurationFiles files = machine.ReadConfigurationFiles();
            if (!files.Files.TryGetValue(path, out ConfigurationFileContent? real))
                return new HostResult($"{path} {MemoryConfiguration.NotOfConfiguration}");
            if (!ConfigurationState.Holds(SecretFilter.Apply(files)[path], original))
                return new HostResult($"{path} {MemoryConfiguration.NotAsMeant}");
            if (content is not { } wanted)
            {
                ConfigurationFile.Remove(machine.HostRoot, new ConfigurationEdit(path, real.Content, default));
                return HostResult.Done;
            }

            // The plan does not know what is secret in the file: its lines take the place of the same lines there, and the others stay.
            ByteString changed = wanted;
            if (original is { } seen && (!ConfigurationLines.Between(seen, wanted).TryApply(real.Content, ConfigurationLines.Count(seen), out changed)
                || SecretFilter.Apply(files.With(path, changed))[path].Content != wanted))
                return new HostResult($"the lines of {path} to change hold what no plan knows: change them by hand");
            ConfigurationFile.Replace(machine.HostRoot, new ConfigurationEdit(path, original is null ? null : real.Content, changed));
            return HostResult.Done;
        }
        catch (ConfigurationFileException e)
        {
            return new HostResult(e.Message);
        }
    }

    public string? ReadModuleParameter(string parameter)
    {
        if (!ModuleParameters.IsKnown(parameter) || !RootedDirectory.TryOpen(machine.HostRoot.Span, out RootedDirectory? root, out _))
            return null;
        using (root)
        {
            return BoundedFile.TryRead(root!, ModuleParameters.PathOf(parameter).Span, LongestParameter, out byte[] text, out _)
                ? new ByteString(text.AsSpan().TrimEnd("\n"u8)).ToString()
                : null;
        }
    }

    public HostResult SetModuleParameter(string parameter, string from, string to)
    {
        string? value = ReadModuleParameter(parameter);
        if (value != from)
            return new HostResult(value is null ? $"the module has no parameter {parameter} that can be read" : $"the parameter {parameter} is {value}");
        if (!RootedDirectory.TryOpen(machine.HostRoot.Span, out RootedDirectory? root, out Errno error))
            return new HostResult($"{machine.HostRoot}: {error}");
        using (root)
        {
            bool isOpen = root!.TryOpenFile(ModuleParameters.PathOf(parameter).Span, OpenFlags.WriteOnly | OpenFlags.NoFollow, LinkRule.Refuse, out SafeFileHandle opened, out error);
            using SafeFileHandle file = opened;
            if (isOpen)
                error = LibC.WriteAll(file, System.Text.Encoding.ASCII.GetBytes(to));
            return isOpen && !error.IsError ? HostResult.Done : new HostResult($"{ModuleParameters.PathOf(parameter)} cannot be written: {error}");
        }
    }
}
