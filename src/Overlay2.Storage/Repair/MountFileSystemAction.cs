using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Mounts a file system of a block device.</summary>
/// <param name="FileSystemType">The type.</param>
/// <param name="Device">The device.</param>
/// <param name="Target">Where to.</param>
/// <param name="IsReadOnly">Whether the mount is read-only.</param>
/// <param name="On">The mount that the target is on: on another one it is another directory, and nothing is done.</param>
public sealed record MountFileSystemAction(ByteString FileSystemType, BytePath Device, BytePath Target, bool IsReadOnly, MountFingerprint On) : RepairAction;
