using System.Diagnostics;
using Overlay2.Storage.Layers;

namespace Overlay2.Cli.Output;

/// <summary>Shows on stderr how far a count is, once it takes longer than a second: one line over and over on a terminal, else a line now and then.</summary>
internal sealed class TreeProgress : IProgress<TreeCost>, IDisposable
{
    private readonly bool _isTerminal = Terminal.IsError;
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = TimeSpan.FromSeconds(1);
    private bool _isShown;

    public long Objects { get; private set; }

    public void Report(TreeCost value)
    {
        Objects = value.Objects;
        TimeSpan passed = Stopwatch.GetElapsedTime(_start);
        if (passed < _next)
            return;
        _next = passed + (_isTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(2));
        _isShown = true;
        ShownLine line = $"{value.Objects} objects, {value.CopyUpBytes} bytes to copy up, {value.Objects / passed.TotalSeconds:F0} objects/s";
        Terminal.Put(_isTerminal ? (ShownLine)$"\r\e[K{line}" : $"{line}\n");
    }

    public void Clear()
    {
        if (_isShown && _isTerminal)
            Terminal.Put($"\r\e[K");
        _isShown = false;
    }

    public void Dispose() => Clear();
}
