namespace Overlay2.Storage.CrashTests;

/// <summary>Something is not as it has to be after a crash or a failed call.</summary>
internal sealed class CrashFailure(string message) : Exception(message);
