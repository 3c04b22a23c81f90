using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>The rules of OVL05xx: what an overlay as engines mount it (<c>index=off</c>) does on a kernel.</summary>
internal static class Behaviours
{
    public static ImmutableArray<IDiagnosisRule> All { get; } =
    [
        new BehaviourRule(FindingIds.RenameOfDirectory, kernel => Rename(kernel) switch
        {
            LinuxError.OK => $"rename(2) of a directory that comes from a lower layer works and leaves a redirect; see {FindingIds.NativeDiff}.",
            LinuxError.EXDEV => "rename(2) of a directory that comes from a lower layer answers EXDEV; mv(1) copies it instead.",
            var error => $"rename(2) of a directory that comes from a lower layer answers {error}.",
        }),
        new BehaviourRule(FindingIds.WriteToHardLink, _ =>
            "A write to one of several hard links of a lower layer breaks the link: engines mount with index=off, whatever the module parameter says."),
        new BehaviourRule(FindingIds.InodeNumbers, kernel => kernel.Supports(OverlayFeatures.ConstantInode)
            ? "A copy-up keeps the inode number of a file with one link if all layers are on one file system; that of a hard-linked file changes."
            : "A copy-up changes inode and device number."),
        new BehaviourRule(FindingIds.OpenBeforeCopyUp, kernel => kernel.Supports(OverlayFeatures.StackedFileOperations)
            ? "A file that was opened for reading before a copy-up shows the new content afterwards; only a shared mapping keeps showing the old one."
            : "A file that was opened for reading before a copy-up keeps showing the old content."),
        new BehaviourRule(FindingIds.CostOfCopyUp, kernel => kernel.IsOn("metacopy")
            ? "A change of attributes copies up attributes only; the first write still copies the whole file and waits for it to be on disk."
            : "The first write or change of attributes copies the whole file and waits for it to be on disk."),
        new BehaviourRule(FindingIds.LeftByRemoval, kernel => kernel.Supports(OverlayFeatures.XattrWhiteout)
            ? "A removal of what a lower layer holds leaves a whiteout in the upper (device 0:0; an empty file with an attribute is read too); a directory made again is opaque."
            : "A removal of what a lower layer holds leaves a whiteout in the upper (device 0:0); a directory made again is opaque."),
        new BehaviourRule(FindingIds.SeparatorsInNames, kernel => kernel.Supports(OverlayFeatures.LayerAppend)
            ? "Layer names with a colon, comma or backslash need escapes in mount data, and none if layers are added one by one."
            : "Layer names with a colon, comma or backslash need escapes in mount data."),
        new BehaviourRule(FindingIds.OptionsNotShown, _ => "The mount table shows only options that differ from the module's defaults: what it lacks may still be in force."),
    ];

    /// <summary>Tried in the simulator: one lower layer with a directory.</summary>
    private static LinuxError Rename(KernelProfile kernel)
    {
        var fileSystem = new SimulatedFileSystem(SimulatedFileSystemKind.Ext4);
        OverlayMountOptions options = kernel.Supports(OverlayFeatures.Index)
            ? OverlayMountOptions.Empty.With(new OverlayOption(ByteString.FromText("index"), ByteString.FromText("off")))
            : OverlayMountOptions.Empty;
        LinuxError error = OverlaySimulator.TryMount(
            new SimulationSetup
            {
                Lowers = [new SimulatedLayer(LayerTree.Empty.WithDirectory("d"), fileSystem)],
                Upper = new SimulatedLayer(LayerTree.Empty, fileSystem),
                Options = options,
                Profile = kernel,
            },
            out OverlaySimulator? simulator);
        return simulator is null ? error : simulator.Rename(BytePath.FromText("d"), BytePath.FromText("e"), RenameFlags.None).Error;
    }
}
