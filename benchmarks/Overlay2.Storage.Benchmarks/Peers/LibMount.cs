using System.Runtime.InteropServices;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Peers;

/// <summary>libmount of util-linux, as systemd and findmnt use it, on text in memory.</summary>
internal static unsafe partial class LibMount
{
    private const string Library = "libmount.so.1";

    /// <summary>Whether this host has the library.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>The version of the library, such as 2.38.1.</summary>
    public static string? Version
    {
        get
        {
            if (!IsAvailable)
                return null;
            byte* version = null;
            _ = GetVersion(&version);
            return Marshal.PtrToStringUTF8((nint)version);
        }
    }

    public static long AllFields(Workload workload)
    {
        fixed (byte* text = workload.Text)
        {
            nint file = OpenMemory(text, (nuint)workload.Text.Length, "r");
            nint table = NewTable();
            int error = ParseStream(table, file, "mountinfo");
            long mounts = CountEntries(table);
            ReleaseTable(table);
            _ = CloseFile(file);
            return error == 0 && mounts == workload.Lines ? mounts : throw new FormatException("libmount read it otherwise.");
        }
    }

    [LibraryImport(Library, EntryPoint = "mnt_get_library_version")]
    private static partial int GetVersion(byte** version);

    [LibraryImport(Library, EntryPoint = "mnt_new_table")]
    private static partial nint NewTable();

    [LibraryImport(Library, EntryPoint = "mnt_table_parse_stream", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ParseStream(nint table, nint file, string name);

    [LibraryImport(Library, EntryPoint = "mnt_table_get_nents")]
    private static partial int CountEntries(nint table);

    [LibraryImport(Library, EntryPoint = "mnt_unref_table")]
    private static partial void ReleaseTable(nint table);

    [LibraryImport("libc", EntryPoint = "fmemopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenMemory(byte* buffer, nuint length, string mode);

    [LibraryImport("libc", EntryPoint = "fclose")]
    private static partial int CloseFile(nint file);
}
