using System.Globalization;
using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Two containers are started, then a disk is mounted on the driver home: a rollback mounts it again from its device.</summary>
/// <remarks>The disk is a loop device under another name, in a device directory of the namespace: of what is called a loop device the library knows
/// that it may be gone after its last unmount.</remarks>
internal sealed class DiskCoverScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "disk";

    private const int ImageLength = 1 << 20;
    private const int LoopMajor = 7;
    private const string Devices = "/dev/shm";
    private const string Device = $"{Devices}/disk";

    private string Image => $"{Scratch}/image";

    private string LoopFile => $"{Scratch}/loop";

    public override void Build()
    {
        if (!File.Exists(LoopFile))
        {
            File.WriteAllBytes(Image, new byte[ImageLength]);
            Programs.Run("mkfs.ext4", "-q", Image);
            File.WriteAllText(LoopFile, Programs.Run("losetup", "--find", "--show", Image).Trim());
        }

        base.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        if (File.Exists(LoopFile))
            Programs.Run("losetup", "--detach", File.ReadAllText(LoopFile));
    }

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        home.Overlay(DriverHome.LayerB);
        Native.Mount("devices", Devices, "tmpfs");
        Native.MakeBlockDevice(Device, LoopMajor, uint.Parse(File.ReadAllText(LoopFile)["/dev/loop".Length..], CultureInfo.InvariantCulture));
        Native.Mount(Device, home.Path, "ext4");
    }
}
