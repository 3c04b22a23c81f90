namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>What kind of host a generated mountinfo text shows.</summary>
internal enum MountInfoProfile
{
    /// <summary>A workstation: API file systems, disks, squashfs images, FUSE. No overlay.</summary>
    Desktop,

    /// <summary>Docker containers: every third line an overlay of 5 to 60 layers, one in fifty of them of 80 to 125.</summary>
    Docker,

    /// <summary>Pods of containerd: projected volumes, shm, sub-path binds, overlays by snapshot number.</summary>
    Kube,

    /// <summary>Every rule that a parser can get wrong, over and over.</summary>
    Escapes,
}
