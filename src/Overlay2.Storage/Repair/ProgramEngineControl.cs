using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Programs;

namespace Overlay2.Storage.Repair;

/// <summary>Controls an engine by programs of the caller's choice, with argument vectors; no shell is involved.</summary>
/// <remarks>
/// <para>The programs are found once, when the control is made, see <see cref="TrustedProgram"/>. They run in the root directory, in a session of their own, with
/// an empty standard input, an environment that is known (<see cref="ProgramOptions.Environment"/>) and no other descriptor of this process.</para>
/// <para>A token that is cancelled ends a program at once, with its process group. Thread-safe.</para>
/// </remarks>
public sealed class ProgramEngineControl : IEngineControl
{
    private const int MostTries = 120;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>An engine that starts may accept a question and leave it unanswered.</summary>
    private static readonly TimeSpan s_mostAsking = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_mostStarting = TimeSpan.FromMinutes(3);

    private readonly TrustedProgram _client;
    private readonly ImmutableArray<string> _clientArguments;
    private readonly TrustedProgram? _restart;
    private readonly ImmutableArray<string> _restartArguments;
    private readonly ProgramOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a control.</summary>
    /// <param name="client">The client program, by its name or absolute path, and its first arguments, such as <c>docker --host unix:///run/docker.sock</c>, or <c>podman</c>.</param>
    /// <param name="restart">The program that starts the engine again and its arguments, such as <c>systemctl restart docker</c>; empty if there is none.</param>
    /// <param name="options">Where programs are looked for, and how they run; <see cref="ProgramOptions.Default"/> if not given.</param>
    /// <param name="time">Measures the waiting for programs, and for an engine that starts; the system's if not given.</param>
    /// <exception cref="ArgumentException">There is no client program, or the environment holds a name that is not among <see cref="ProgramOptions.EnvironmentNames"/>.</exception>
    /// <exception cref="ProgramRefusedException">A program is not there, or others than root decide what it is.</exception>
    public ProgramEngineControl(ImmutableArray<string> client, ImmutableArray<string> restart, ProgramOptions? options = null, TimeProvider? time = null)
    {
        if (client.IsDefaultOrEmpty)
            throw new ArgumentException("A client program is needed.", nameof(client));
        _options = options ?? ProgramOptions.Default;
        if (_options.Environment.Keys.FirstOrDefault(static name => !ProgramOptions.EnvironmentNames.Contains(name, StringComparer.Ordinal)) is { } other)
            throw new ArgumentException($"{other} is not among the names that an environment may hold.", nameof(options));
        _client = TrustedProgram.Find(client[0], _options.Directories);
        _clientArguments = client[1..];
        _restart = restart.IsDefaultOrEmpty ? null : TrustedProgram.Find(restart[0], _options.Directories);
        _restartArguments = _restart is null ? [] : restart[1..];
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public Task<HostResult> StopContainerAsync(ByteString containerId, CancellationToken cancellationToken) => CallAsync(_client, [.. _clientArguments, "stop", "--", containerId.ToString()], cancellationToken);

    /// <inheritdoc/>
    public Task<HostResult> StartContainerAsync(ByteString containerId, CancellationToken cancellationToken) => CallAsync(_client, [.. _clientArguments, "start", "--", containerId.ToString()], cancellationToken);

    /// <inheritdoc/>
    public async Task<bool?> IsRunningAsync(ByteString containerId, CancellationToken cancellationToken)
    {
        ProgramEnd end = await AskAsync(["inspect", "--type", "container", "--format", "{{.State.Running}}", "--", containerId.ToString()], cancellationToken).ConfigureAwait(false);
        return end.ExitCode == 0 && bool.TryParse(end.Output.Trim(), out bool runs) ? runs : null;
    }

    /// <inheritdoc/>
    public async Task<HostResult> RestartAsync(CancellationToken cancellationToken)
    {
        if (_restart is null)
            return new HostResult("no program is given that starts the engine again");
        HostResult result = await CallAsync(_restart, _restartArguments, cancellationToken).ConfigureAwait(false);
        long start = _time.GetTimestamp();
        for (int i = 0; result.IsDone && i < MostTries && _time.GetElapsedTime(start) < s_mostStarting; i++)
        {
            if (await AnswersAsync(cancellationToken).ConfigureAwait(false))
                return result;
            await Task.Delay(s_pause, _time, cancellationToken).ConfigureAwait(false);
        }

        return result.IsDone ? new HostResult("the engine was started and does not answer") : result;
    }

    /// <inheritdoc/>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        (await AskAsync(["version"], cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    private async Task<HostResult> CallAsync(TrustedProgram program, ImmutableArray<string> arguments, CancellationToken cancellationToken)
    {
        ProgramEnd end = await RunAsync(program, arguments, _options.Timeout, cancellationToken).ConfigureAwait(false);
        return end.ExitCode == 0 ? HostResult.Done : new HostResult($"{program.Path} ended with {end.ExitCode}: {(end.Output + end.Errors).Trim()}");
    }

    private Task<ProgramEnd> AskAsync(ImmutableArray<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(_client, [.. _clientArguments, .. arguments], _options.Timeout < s_mostAsking ? _options.Timeout : s_mostAsking, cancellationToken);

    private Task<ProgramEnd> RunAsync(TrustedProgram program, ImmutableArray<string> arguments, TimeSpan limit, CancellationToken cancellationToken) =>
        new ProgramRun
        {
            File = program.File,
            Words = [program.Path.Bytes, .. arguments.Select(ByteString.FromText)],
            Environment = TrustedProgram.CreateEnvironment().SetItems(_options.Environment),
            MostOutputBytes = _options.MostOutputBytes,
            Time = _time,
        }.RunAsync(limit, cancellationToken);
}
