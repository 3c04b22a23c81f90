using Overlay2.Storage.Bytes;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A file that uses a short name.</summary>
internal readonly record struct NameUse(DockerLayer Layer, bool IsLink)
{
    public BytePath File => Layer.Directory.Combine(IsLink ? DockerNames.Link : DockerNames.Lower);
}
