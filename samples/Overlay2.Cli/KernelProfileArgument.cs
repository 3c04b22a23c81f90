using System.CommandLine;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli;

/// <summary>The option that says which kernel is meant.</summary>
internal sealed class KernelProfileArgument
{
    /// <summary>In bytes; a profile with a whole kernel configuration has a tenth of it.</summary>
    private const int LongestProfile = 4 << 20;

    private readonly Option<string?> _file = new("--kernel-profile")
    {
        Description = "The kernel as a profile in JSON, or as a version such as 5.10 for its documented defaults.",
        HelpName = "FILE|VERSION",
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>The kernel that the command line means; <see langword="null"/> if it names none.</summary>
    /// <exception cref="InputException">The profile cannot be read.</exception>
    public KernelProfile? Load(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is not { } name)
            return null;

        try
        {
            if (File.Exists(name))
                return KernelProfile.Parse(InputFile.Read(BytePath.FromText(name), LongestProfile));
        }
        catch (InputFileException e)
        {
            throw new InputException(e.Message, e);
        }
        catch (KernelProfileFormatException e)
        {
            throw new InputException($"{name}: {e.Message}", e);
        }

        return KernelVersion.TryParse(name, out KernelVersion version)
            ? KernelProfile.Defaults(version)
            : throw new InputException($"{name}: no such file, and no kernel version.");
    }
}
