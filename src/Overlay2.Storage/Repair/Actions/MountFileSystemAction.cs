using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Mounts a file system of a block device.</summary>
/// <param name="FileSystemType">The type.</param>
/// <param name="Device">The device.</param>
/// <param name="Target">Where to.</param>
/// <param name="IsReadOnly">Whether the mount is read-only.</param>
/// <param name="On">The mount that the target is on: on another one it is another directory, and nothing is done.</param>
internal sealed record MountFileSystemAction(ByteString FileSystemType, BytePath Device, BytePath Target, bool IsReadOnly, MountFingerprint On) : RepairAction
{
    internal override ImmutableArray<BytePath> MountPoints => [Target];

    internal override HostResult Run(RepairHost host) => host.Mounts.MountFileSystem(FileSystemType, Device, Target, On, IsReadOnly);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Device) && PlanPaths.IsPlain(Target) && On is not null;

    internal override ScriptPart ToScript() => ScriptPart.Command(
        $"mount -t {ShellScript.Quote(FileSystemType)}{(IsReadOnly ? " -o ro" : "")} {ShellScript.Quote(Device.Bytes)} {ShellScript.Quote(Target.Bytes)}");

    // A mount of the same device that was there before looks like this one: then it is not certain, and undoing goes on.
    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(
        state.Mounts().Resolve(Target) is { } seen && On.Matches(seen) && (seen.MountPoint != Target || seen.Source != Device.Bytes || seen.FileSystemType != FileSystemType));
}
