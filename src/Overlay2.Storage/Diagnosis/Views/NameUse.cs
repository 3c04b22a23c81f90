using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A file that uses a short name.</summary>
internal readonly record struct NameUse(OverlayDriverLayer Layer, bool IsLink)
{
    public BytePath File => Layer.Directory.Combine(IsLink ? OverlayDriverNames.Link : OverlayDriverNames.Lower);
}
