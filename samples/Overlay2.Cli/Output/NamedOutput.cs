using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Output;

/// <summary>A file that the command line names to be written: whole or not at all, readable by its owner alone; <c>-</c> is the standard output.</summary>
internal sealed class NamedOutput : IDisposable
{
    private readonly string _name;
    private readonly OutputFile? _file;

    private NamedOutput(string name, OutputFile? file)
    {
        _name = name;
        _file = file;
    }

    public Stream Content => _file?.Content ?? StandardStream.Output;

    /// <summary>Whether a name means the standard output, by itself: nothing is opened to find that out.</summary>
    public static bool IsStandard(string? name) => name is "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <exception cref="InputException">It cannot be written.</exception>
    public static NamedOutput Open(string name)
    {
        try
        {
            return new NamedOutput(name, IsStandard(name) ? null : OutputFile.Create(BytePath.FromText(name)));
        }
        catch (OutputFileException e)
        {
            throw new InputException($"{name} cannot be written: {e.Reason}{(Path.Exists(name) ? ". For anything but a file of your own give -, and redirect the standard output." : "")}", e);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static long Write(string name, Action<Stream> write)
    {
        using NamedOutput output = Open(name);
        try
        {
            write(output.Content);
            long length = output._file?.Content.Length ?? 0;
            output.Commit();
            return length;
        }
        catch (Exception e) when (e is IOException or SnapshotFormatException)
        {
            throw new InputException($"{name} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Gives the file its name.</summary>
    public void Commit() => _file?.Commit();

    public void Dispose() => _file?.Dispose();
}
