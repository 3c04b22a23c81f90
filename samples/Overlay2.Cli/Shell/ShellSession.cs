using System.Globalization;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Shell;

/// <summary>The state of a shell: the simulator and the way back through what was done.</summary>
internal sealed class ShellSession(OverlaySimulator simulator, ShellWriter writer)
{
    private readonly Stack<(string Command, SimulatorSnapshot Before)> _done = new();
    private readonly Dictionary<string, int> _named = new(StringComparer.Ordinal);

    /// <summary>Runs one line; blank ones and comments do nothing.</summary>
    /// <exception cref="UsageException">The line is no command.</exception>
    public void Run(string line)
    {
        string[] words = ShellWords.Split(line);
        if (words.Length == 0)
            return;
        switch (words)
        {
            case ["help"]:
                writer.WriteHelp();
                break;
            case ["undo"]:
                Undo(line);
                break;
            case ["snapshot", var name]:
                _named[name] = _done.Count;
                writer.Write(line, new ShellAnswer(LinuxError.OK, [("changes", _done.Count.ToString(CultureInfo.InvariantCulture))], []));
                break;
            case ["restore", var name]:
                Restore(line, name);
                break;
            case ["preview", .. var rest]:
                Func<OverlaySimulator, ShellAnswer> previewed = ShellCommands.Parse(rest);
                writer.Write(line, simulator.Preview(previewed));
                break;
            default:
                Func<OverlaySimulator, ShellAnswer> call = ShellCommands.Parse(words);
                SimulatorSnapshot before = simulator.TakeSnapshot();
                _done.Push((line, before));
                writer.Write(line, call(simulator));
                break;
        }
    }

    private void Undo(string line)
    {
        if (!_done.TryPop(out (string Command, SimulatorSnapshot Before) last))
            throw new UsageException("There is nothing to undo.");
        simulator.Restore(last.Before);
        foreach (string name in _named.Where(named => named.Value > _done.Count).Select(static named => named.Key).ToArray())
            _named.Remove(name);
        writer.Write(line, new ShellAnswer(LinuxError.OK, [("undone", last.Command)], []));
    }

    private void Restore(string line, string name)
    {
        if (!_named.TryGetValue(name, out int count))
            throw new UsageException($"There is no snapshot {name}.");
        int undone = _done.Count - count;
        while (_done.Count > count)
            simulator.Restore(_done.Pop().Before);
        foreach (string later in _named.Where(named => named.Value > count).Select(static named => named.Key).ToArray())
            _named.Remove(later);
        writer.Write(line, new ShellAnswer(LinuxError.OK, [("undone", undone.ToString(CultureInfo.InvariantCulture))], []));
    }
}
