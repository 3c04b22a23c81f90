using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Hosts;

/// <summary>A file that uses a short name.</summary>
/// <param name="Layer">The layer whose file it is.</param>
/// <param name="IsLink">Whether it is the layer's <c>link</c> file; else its <c>lower</c> file.</param>
public readonly record struct NameUse(OverlayDriverLayer Layer, bool IsLink)
{
    /// <summary>The file.</summary>
    public BytePath File => Layer.Directory.Combine(IsLink ? OverlayDriverNames.Link : OverlayDriverNames.Lower);
}
