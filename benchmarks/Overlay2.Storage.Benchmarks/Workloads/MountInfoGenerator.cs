namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>Writes mountinfo texts as Linux would print them; the same arguments always give the same bytes.</summary>
internal static class MountInfoGenerator
{
    public static byte[] Generate(MountInfoProfile profile, int lines, int seed)
    {
        var table = new MountInfoBuilder(new Random(seed * 31 + (int)profile), lines);
        switch (profile)
        {
            case MountInfoProfile.Desktop: DesktopHost.Fill(table); break;
            case MountInfoProfile.Docker: DockerHost.Fill(table); break;
            case MountInfoProfile.Kube: KubeHost.Fill(table); break;
            case MountInfoProfile.Escapes: HardLines.Fill(table); break;
            default: throw new ArgumentOutOfRangeException(nameof(profile), profile, message: null);
        }

        return table.ToArray();
    }
}
