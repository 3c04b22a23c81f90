using System.Runtime.InteropServices;

namespace Overlay2.Storage.Engines;

/// <summary>How many of the layers that images and containers need are there.</summary>
/// <param name="Referenced">How many records name.</param>
/// <param name="Found">How many of these have a directory.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StoreLoss(int Referenced, int Found)
{
    /// <summary>Whether layers are named, and none of them is there: what can be seen is not the store, or not its disk.</summary>
    public bool IsTotal => Referenced > 0 && Found == 0;
}
