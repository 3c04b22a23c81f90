using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The running engine, as its process shows it.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Arguments">Its command line, the program first: <c>/proc/PID/cmdline</c>, split at NUL.</param>
/// <param name="Environment">Its environment, <c>NAME=value</c>: <c>/proc/PID/environ</c>, split at NUL; empty if it may not be read.</param>
public sealed record EngineProcess(int ProcessId, ImmutableArray<ByteString> Arguments, ImmutableArray<ByteString> Environment);
