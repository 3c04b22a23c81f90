using System.Globalization;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What follows from the answer of a call, or from what was seen. Pure.</summary>
internal static class ProbeAnswer
{
    /// <param name="call">The call, for showing.</param>
    /// <param name="error">What it answered.</param>
    /// <param name="means">The errors that mean No; another says nothing.</param>
    public static FeatureEvidence Of(string call, Errno error, params ReadOnlySpan<Errno> means) =>
        new(!error.IsError ? FeatureStatus.Yes : means.Contains(error) ? FeatureStatus.No : FeatureStatus.Unknown, Text(call, error));

    /// <summary>An option that overlayfs does not know is EINVAL; so is one that the file system does not allow, but then the plain
    /// mount would have failed already or the kernel only warns.</summary>
    public static FeatureEvidence OfOption(string call, Errno error) => Of(call, error, Errno.EINVAL);

    /// <summary>A step before the trial proper failed, so that nothing follows.</summary>
    public static FeatureEvidence Unknown(string step, Errno error) => new(FeatureStatus.Unknown, Text(step, error));

    public static FeatureEvidence YesIf(bool isThere, string seen) => new(isThere ? FeatureStatus.Yes : FeatureStatus.No, seen);

    public static string Text(string what, Errno error) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}: {(error.IsError ? error.ToString() : "OK")}");
}
