using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli;

/// <summary>The options that say whose mounts are meant, for every command that asks for them.</summary>
internal sealed class MountTableArguments
{
    private readonly Option<string?> _file = new("--mountinfo") { Description = "Read a saved mountinfo file.", HelpName = "FILE" };

    private readonly Option<int?> _pid = CreatePidOption("--pid", "The mounts that this process sees.", "N");

    private readonly Option<string?> _hostRoot = new("--host-root")
    {
        Description = "The mounts of the host whose root directory is mounted here, for a program in a container.",
        HelpName = "DIR",
    };

    /// <summary>The option that names a process.</summary>
    public static Option<int?> CreatePidOption(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int pid) && pid > 0)
                return pid;
            result.AddError($"{name} wants a number above 0.");
            return null;
        },
    };

    /// <summary>Adds the options to a command; at most one may be given.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_pid);
        command.Options.Add(_hostRoot);
        command.Validators.Add(result =>
        {
            if (CountGiven(result) > 1)
                result.AddError("Give only one of --mountinfo, --pid and --host-root.");
        });
    }

    /// <summary>Whether the command line names other mounts than those of this process.</summary>
    public bool IsGiven(CommandResult command) => CountGiven(command) > 0;

    /// <summary>Loads the mounts that the command line means; without an option those of this process.</summary>
    /// <exception cref="InputException">They cannot be read.</exception>
    public MountTable Load(ParseResult parsed) => Load(Source(parsed));

    /// <summary>Loads the mounts of a source.</summary>
    /// <exception cref="InputException">They cannot be read.</exception>
    public static MountTable Load(MountTableSource source)
    {
        try
        {
            return MountTable.Load(source);
        }
        catch (Exception e) when (e is MountTableException or MountInfoFormatException)
        {
            throw new InputException(e.Message, e);
        }
    }

    private MountTableSource Source(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is { } file)
            return MountTableSource.File(ToPath(file, "--mountinfo"));
        if (parsed.GetValue(_pid) is { } pid)
            return MountTableSource.Process(pid);
        if (parsed.GetValue(_hostRoot) is { } hostRoot)
            return MountTableSource.HostRoot(ToPath(hostRoot, "--host-root"));
        return MountTableSource.Self;
    }

    private int CountGiven(CommandResult command) =>
        (command.GetResult(_file) is null ? 0 : 1) + (command.GetResult(_pid) is null ? 0 : 1) + (command.GetResult(_hostRoot) is null ? 0 : 1);

    private static BytePath ToPath(string path, string option) =>
        path.Length > 0 ? BytePath.FromText(path) : throw new InputException($"{option} was given an empty path.");
}
