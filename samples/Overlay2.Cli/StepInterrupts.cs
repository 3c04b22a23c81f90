using System.Runtime.InteropServices;
using Overlay2.Cli.Output;

namespace Overlay2.Cli;

/// <summary>What Ctrl-C, and the signals that a service manager or a terminal that closes send, do to a repair: it ends, but never within a step.</summary>
internal sealed class StepInterrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public StepInterrupts() => _registrations =
        [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, End))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        bool isFirst = Interlocked.Increment(ref _count) == 1;
        string text = isFirst
            ? "ends after this step."
            : "a step that were cut now would be neither done nor undone, and the next run would have to find out which; so this still ends after the step. Steps that the engine does have a time limit.";
        Terminal.Say(text);
        if (isFirst)
            _source.Cancel();
    }
}
