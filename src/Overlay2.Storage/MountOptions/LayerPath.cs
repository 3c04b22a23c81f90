using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>A directory that overlay options name, after all escapes.</summary>
/// <param name="Path">The path as the kernel looks it up: absolute, or relative to the working directory of the one who mounts.</param>
/// <param name="Role">What it is for the overlay.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LayerPath(BytePath Path, LayerRole Role)
{
    /// <summary>This layer with a path that does not depend on a working directory.</summary>
    /// <param name="home">The working directory of the mount: for Docker, the directory of its driver, such as <c>/var/lib/docker/overlay2</c>.</param>
    public LayerPath Resolve(BytePath home) => this with { Path = home.Combine(Path) };
}
