using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Layers;

/// <summary>An object of a layer that could not be read as it should.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
/// <param name="Layer">The directory of the layer.</param>
/// <param name="Path">The object, from the root of the layer, without a leading slash; empty for the root.</param>
/// <param name="Operation">What was tried.</param>
/// <param name="Error">What the kernel said; EXDEV where another mount covers the object, ELOOP where a symbolic link took its place.</param>
public sealed record LayerProblem(BytePath Layer, BytePath Path, LayerOperation Operation, LinuxError Error)
{
    /// <summary>The problem in one line.</summary>
    public override string ToString() => $"{Layer.Combine(Path)}: {Operation}: {Error}";
}
