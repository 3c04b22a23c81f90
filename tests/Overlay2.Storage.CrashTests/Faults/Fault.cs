using System.Globalization;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>A fault that a run of the tool meets.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Call">At which changing call of the process, from 1.</param>
/// <param name="Error">What the call fails with, if it fails.</param>
internal readonly record struct Fault(FaultKind Kind, long Call, Errno Error = default)
{
    /// <summary>What a run with it is called with; <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Call}:{Error.Value}");

    /// <exception cref="FormatException">It is none.</exception>
    public static Fault Parse(string text) =>
        text.Split(':') is [var kind, var call, var error]
            ? new Fault(Enum.Parse<FaultKind>(kind), long.Parse(call, CultureInfo.InvariantCulture), new Errno(int.Parse(error, CultureInfo.InvariantCulture)))
            : throw new FormatException($"{text} is no fault.");
}
