using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>A mountinfo text in memory that passes are measured on.</summary>
public sealed class Workload
{
    private const int Seed = 1;

    private Workload(MountInfoProfile profile, int lines)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{Enum.GetName(profile)!.ToLowerInvariant()} {lines:N0}");
        Lines = lines;
        Text = MountInfoGenerator.Generate(profile, lines, Seed);
        OverlayOptions = FindOverlayOptions(Text);
    }

    /// <summary>The profile and the number of lines, such as <c>docker 1,000</c>.</summary>
    public string Name { get; }

    public int Lines { get; }

    public byte[] Text { get; }

    /// <summary>Where the super options of each overlay line are.</summary>
    public Range[] OverlayOptions { get; }

    public double BytesPerLine => (double)Text.Length / Lines;

    public static Workload Desktop40() => new(MountInfoProfile.Desktop, 40);

    public static Workload Docker(int lines) => new(MountInfoProfile.Docker, lines);

    public static Workload Kube1000() => new(MountInfoProfile.Kube, 1_000);

    public static Workload Escapes1000() => new(MountInfoProfile.Escapes, 1_000);

    /// <summary>The texts that every reader is compared on.</summary>
    public static Workload[] All() => [Desktop40(), Docker(1_000), Kube1000(), Escapes1000(), Docker(10_000)];

    public override string ToString() => Name;

    private static Range[] FindOverlayOptions(byte[] text)
    {
        var found = new List<Range>();
        var reader = new MountInfoReader(text);
        while (reader.ReadOverlay())
        {
            int start = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(text), ref MemoryMarshal.GetReference(reader.SuperOptions));
            found.Add(start..(start + reader.SuperOptions.Length));
        }

        return [.. found];
    }
}
