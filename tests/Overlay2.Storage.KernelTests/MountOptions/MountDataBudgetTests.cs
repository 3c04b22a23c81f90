using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>The budget says which ways can carry a layer list; each way is then tried for real, in the layout of Docker's driver.</summary>
[Collection(ModuleParametersCollection.Name)]
public sealed class MountDataBudgetTests
{
    [Theory]
    [InlineData(125, false, true)]
    [InlineData(127, false, true)]
    [InlineData(140, false, false)]
    [InlineData(400, false, false)]
    [InlineData(500, false, false)]
    [InlineData(501, false, false)]
    public void The_ways_that_the_budget_names_are_those_that_work(int layers, bool fitsAbsolute, bool fitsRelative) => PrivateNamespace.Run(scratch =>
    {
        string home = scratch + "/docker/overlay2", mount = scratch + "/merged";
        Directory.CreateDirectory(mount);
        OverlayMountOptions options = MakeLayers(home, layers);
        KernelProfile profile = KernelProfile.Defaults(KernelVersion.Parse(File.ReadAllText("/proc/sys/kernel/osrelease")));
        Assert.SkipUnless(profile.Supports(OverlayFeatures.LayerAppend), "Needs a kernel that takes layers one by one (6.7).");

        MountDataBudget budget = MountDataBudget.Measure(options, profile, Environment.SystemPageSize);
        Assert.Equal(BytePath.FromText(home), budget.CommonDirectory);
        Assert.Equal(layers, budget.LayerCount);
        Assert.Equal(fitsAbsolute, budget.Interfaces.HasFlag(MountInterfaces.Mount));
        Assert.Equal(fitsRelative, budget.Interfaces.HasFlag(MountInterfaces.MountRelative));

        OverlayMountOptions relative = options.RelativeTo(budget.CommonDirectory);
        Assert.Equal(options, relative.Resolve(budget.CommonDirectory));
        try
        {
            ThreadDirectory.Change(home);
            Check(budget, MountInterfaces.Mount, MountByString(options, mount));
            Check(budget, MountInterfaces.MountRelative, MountByString(relative, mount));
            Check(budget, MountInterfaces.FsConfig, MountByContext(options));
            Check(budget, MountInterfaces.FsConfigRelative, MountByContext(relative));
        }
        finally
        {
            ThreadDirectory.Change("/");
        }
    });

    private static void Check(MountDataBudget budget, MountInterfaces way, Errno answer) => Assert.True(
        budget.Interfaces.HasFlag(way) == !answer.IsError, $"{way} answers {answer}, the budget says {budget.Interfaces}");

    private static Errno MountByString(OverlayMountOptions options, string mount)
    {
        Errno error = LibC.Mount("overlay"u8, Encoding.UTF8.GetBytes(mount), "overlay"u8, MountFlags.None, options.ToMountData());
        if (!error.IsError)
            PrivateNamespace.Unmount(mount);
        return error;
    }

    private static Errno MountByContext(OverlayMountOptions options)
    {
        Assert.True(LibC.TryOpenFileSystem("overlay"u8, out SafeFileHandle context, out Errno error));
        using (context)
        {
            foreach (OverlayOption call in options.ToFsConfigCalls())
            {
                error = call.Value is { } value ? LibC.SetText(context, call.Name.Span, value.Span) : LibC.SetFlag(context, call.Name.Span);
                if (error.IsError)
                    return error;
            }

            error = LibC.CreateFileSystem(context);
            if (error.IsError)
                return error;
            Assert.True(LibC.TryFsMount(context, out SafeFileHandle mount, out error), error.ToString());
            mount.Dispose();
            return error;
        }
    }

    /// <summary>ID/diff for each layer, and a short link to it: l/NAME.</summary>
    private static OverlayMountOptions MakeLayers(string home, int count)
    {
        var lowers = new List<BytePath>();
        Directory.CreateDirectory(home + "/l");
        for (int i = 0; i < count; i++)
        {
            string id = i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
            string link = "L" + i.ToString("D25", System.Globalization.CultureInfo.InvariantCulture);
            Directory.CreateDirectory($"{home}/{id}/diff");
            File.CreateSymbolicLink($"{home}/l/{link}", $"../{id}/diff");
            lowers.Add(BytePath.FromText($"{home}/l/{link}"));
        }

        // No store of another test has it: it comes to stand in a mount as a relative path, which may be of any.
        string container = $"{home}/{new string('c', 60)}b0d9";
        Directory.CreateDirectory(container + "/diff");
        Directory.CreateDirectory(container + "/work");
        return OverlayMountOptions.Create(lowers, BytePath.FromText(container + "/diff"), BytePath.FromText(container + "/work"));
    }
}
