using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Controls an engine by programs of the caller's choice, with argument vectors; no shell is involved.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ProgramEngineControl : IEngineControl
{
    private const int MostTries = 120;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly ImmutableArray<string> _client;
    private readonly ImmutableArray<string> _restart;
    private readonly TimeProvider _time;

    /// <summary>Makes a control.</summary>
    /// <param name="client">The client program and its first arguments, such as <c>docker --host unix:///run/docker.sock</c>, or <c>podman</c>.</param>
    /// <param name="restart">The program that starts the engine again and its arguments, such as <c>systemctl restart docker</c>; empty if there is none.</param>
    /// <param name="time">Measures the waiting for an engine that starts; the system's if not given.</param>
    /// <exception cref="ArgumentException">There is no client program.</exception>
    public ProgramEngineControl(ImmutableArray<string> client, ImmutableArray<string> restart, TimeProvider? time = null)
    {
        if (client.IsDefaultOrEmpty)
            throw new ArgumentException("A client program is needed.", nameof(client));
        _client = client;
        _restart = restart.IsDefault ? [] : restart;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public Task<HostResult> StopContainerAsync(ByteString containerId, CancellationToken cancellationToken) => CallAsync([.. _client, "stop", "--", containerId.ToString()], cancellationToken);

    /// <inheritdoc/>
    public Task<HostResult> StartContainerAsync(ByteString containerId, CancellationToken cancellationToken) => CallAsync([.. _client, "start", "--", containerId.ToString()], cancellationToken);

    /// <inheritdoc/>
    public async Task<bool?> IsRunningAsync(ByteString containerId, CancellationToken cancellationToken)
    {
        (int exitCode, string output) = await RunAsync([.. _client, "inspect", "--type", "container", "--format", "{{.State.Running}}", "--", containerId.ToString()], cancellationToken).ConfigureAwait(false);
        return exitCode == 0 && bool.TryParse(output.Trim(), out bool runs) ? runs : null;
    }

    /// <inheritdoc/>
    public async Task<HostResult> RestartAsync(CancellationToken cancellationToken)
    {
        if (_restart.IsEmpty)
            return new HostResult("no program is given that starts the engine again");
        HostResult result = await CallAsync(_restart, cancellationToken).ConfigureAwait(false);
        for (int i = 0; result.IsDone && i < MostTries; i++)
        {
            if (await AnswersAsync(cancellationToken).ConfigureAwait(false))
                return result;
            await Task.Delay(s_pause, _time, cancellationToken).ConfigureAwait(false);
        }

        return result.IsDone ? new HostResult("the engine was started and does not answer") : result;
    }

    /// <inheritdoc/>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        (await RunAsync([.. _client, "version"], cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    private static async Task<HostResult> CallAsync(ImmutableArray<string> words, CancellationToken cancellationToken)
    {
        (int exitCode, string output) = await RunAsync(words, cancellationToken).ConfigureAwait(false);
        return exitCode == 0 ? HostResult.Done : new HostResult($"{words[0]} ended with {exitCode}: {output.Trim()}");
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one place that starts programs: those that the caller named.")]
    private static async Task<(int ExitCode, string Output)> RunAsync(ImmutableArray<string> words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in words.Skip(1))
            start.ArgumentList.Add(word);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors.ConfigureAwait(false));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
