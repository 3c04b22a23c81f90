using System.Buffers;
using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>Finds out passively what a kernel can do: it reads a few small files and neither writes nor mounts.</summary>
/// <remarks>
/// <para>Thread-safe. What is absent or can not be read leaves Unknown, never No: only a directory that is there says No by
/// what it lacks. A release number says No only if it is plain; that of a distribution or own build leaves Unknown there,
/// since such kernels carry backports; <see cref="KernelProber"/> tries it.</para>
/// <para>Sources: proc_filesystems(5), proc_config.gz(5), proc_sys_kernel(5), proc_sys_fs(5), user_namespaces(7),
/// /sys/module/overlay/parameters, experiments on kernels from 5.10 to 7.3.</para>
/// </remarks>
public static partial class KernelDetector
{
    private const int MaxSmallFile = 1 << 16;
    private const int MaxConfig = 4 << 20;
    private const int MaxModuleList = 16 << 20;
    private const int MaxParameters = 256;
    private const string ParameterDirectory = "sys/module/overlay/parameters";

    private static readonly SearchValues<char> s_plainRelease = SearchValues.Create("0123456789.");

    /// <summary>Looks at the running kernel.</summary>
    public static KernelDetection Detect() => Detect(BytePath.Root);

    /// <summary>Looks at the kernel of a host whose root directory, with its /proc and /sys, is mounted here, or at a recorded tree.</summary>
    /// <param name="root">Where the host's root directory is, for example <c>/host</c>. Symbolic links in it do not lead out of it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static KernelDetection Detect(BytePath root)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Kernels are looked at on Linux only.");
        if (!RootedDirectory.TryOpen(root.Span, out RootedDirectory? directory, out Errno error))
            throw new DirectoryNotFoundException($"{root}: can not be opened ({error}).");

        using (directory)
            return Detect(new KernelSourceReader(directory!));
    }

    private static KernelDetection Detect(KernelSourceReader reader)
    {
        string release = reader.ReadText("proc/sys/kernel/osrelease", MaxSmallFile)?.Trim() ?? "";
        string versionText = reader.ReadText("proc/sys/kernel/version", MaxSmallFile)?.Trim() ?? "";
        string machine = reader.ReadText("proc/sys/kernel/arch", MaxSmallFile)?.Trim() ?? "";
        bool hasVersion = KernelVersion.TryParse(release, out KernelVersion version);
        if (hasVersion)
            version = KernelVersion.Find(release, versionText);

        ImmutableArray<string> fileSystems = ReadFileSystems(reader);
        ImmutableArray<string> config = ReadConfig(reader, release);
        ImmutableSortedDictionary<string, string>? parameters = ReadParameters(reader, out bool isAbsent);
        bool mayHoldBackports = release.AsSpan().ContainsAnyExcept(s_plainRelease);
        var facts = new KernelFacts
        {
            Version = hasVersion ? version : null,
            MayHoldBackports = mayHoldBackports,
            FileSystems = fileSystems,
            Config = config,
            Parameters = parameters,
            // A kernel without parameters (before 4.10) has no such directory; that shows only where /sys itself is there.
            LacksParameters = isAbsent && reader.Exists("sys/module"),
            HasModule = !fileSystems.Contains("overlay", StringComparer.Ordinal) && HasModule(reader, release),
        };

        ImmutableArray<KernelSetting> settings = ReadSettings(reader);
        return new KernelDetection
        {
            Profile = new KernelProfile
            {
                Version = version,
                Release = release,
                VersionText = versionText,
                Machine = machine,
                Parameters = parameters ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
                KernelConfig = config,
                FileSystems = fileSystems,
                Features = facts.Judge(),
            },
            UnprivilegedMount = facts.JudgeUnprivilegedMount(settings),
            Settings = settings,
            Sources = reader.Sources,
            MayHoldBackports = mayHoldBackports,
        };
    }

    private static ImmutableArray<string> ReadFileSystems(KernelSourceReader reader)
    {
        var types = ImmutableArray.CreateBuilder<string>();
        foreach (ReadOnlySpan<char> line in (reader.ReadText("proc/filesystems", MaxSmallFile) ?? "").AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> type = line[(line.LastIndexOf('\t') + 1)..].Trim();
            if (!type.IsEmpty)
                types.Add(type.ToString());
        }

        return types.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string>? ReadParameters(KernelSourceReader reader, out bool isAbsent)
    {
        ImmutableArray<string>? names = reader.ReadNames(ParameterDirectory, MaxParameters);
        isAbsent = names is null && reader.Sources[^1].Status == KernelSourceStatus.Absent;
        if (names is null)
            return null;

        // A value that can not be read still says that the parameter is there.
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string name in names)
            parameters[name] = reader.ReadText($"{ParameterDirectory}/{name}", MaxSmallFile)?.TrimEnd('\n') ?? "";
        return parameters.ToImmutable();
    }

    private static bool HasModule(KernelSourceReader reader, string release) =>
        IsFileName(release)
        && (reader.ReadText($"lib/modules/{release}/modules.dep", MaxModuleList) ?? "").Contains("/overlay.ko", StringComparison.Ordinal);

    private static bool IsFileName(string release) => release.Length > 0 && !release.AsSpan().ContainsAny("/\0");
}
