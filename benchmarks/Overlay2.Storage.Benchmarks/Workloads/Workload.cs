using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>A mountinfo text in memory that passes are measured on.</summary>
internal sealed class Workload
{
    private const int Seed = 1;

    private Workload(MountInfoProfile profile, int lines)
    {
        Profile = profile;
        Lines = lines;
        Text = MountInfoGenerator.Generate(profile, lines, Seed);
    }

    public MountInfoProfile Profile { get; }

    public int Lines { get; }

    public byte[] Text { get; }

    public double BytesPerLine => (double)Text.Length / Lines;

    /// <summary>The name of the profile and the number of lines, such as <c>docker 1,000</c>.</summary>
    public string Name => NameOf(Profile, Lines);

    public static Workload Desktop40 => new(MountInfoProfile.Desktop, 40);

    public static Workload Docker1000 => new(MountInfoProfile.Docker, 1_000);

    public static Workload Docker10000 => new(MountInfoProfile.Docker, 10_000);

    public static Workload Kube1000 => new(MountInfoProfile.Kube, 1_000);

    public static Workload Escapes1000 => new(MountInfoProfile.Escapes, 1_000);

    /// <summary>The texts of the comparison.</summary>
    public static Workload[] All() => [Desktop40, Docker1000, Kube1000, Escapes1000, Docker10000];

    public static Workload Docker(int lines) => new(MountInfoProfile.Docker, lines);

    public static string NameOf(MountInfoProfile profile, int lines) =>
        string.Create(CultureInfo.InvariantCulture, $"{Enum.GetName(profile)!.ToLowerInvariant()} {lines:N0}");

    public override string ToString() => Name;
}
