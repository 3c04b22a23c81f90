using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Repair.Journal;

namespace Overlay2.Storage.Repair.Execution;

/// <summary>Keeps other runs away from what one works on: locks on files in a directory that is the caller's alone.</summary>
/// <remarks>
/// The files are named by what is locked and are never removed, since another run may hold one that is just being opened. A lock on the store itself
/// could be held by anyone who can read it.
/// </remarks>
internal sealed class RunLock : IDisposable
{
    private const int LongestNote = 256;

    private readonly List<SafeFileHandle> _held = [];

    private RunLock()
    {
    }

    /// <summary>Takes locks, or none.</summary>
    /// <param name="keys">What is to be locked, and whether it may be shared with others that share it.</param>
    /// <param name="holder">Who has one of them; empty if all were taken.</param>
    /// <exception cref="RepairJournalException">There is no place for the files.</exception>
    public static RunLock? TryTake(IEnumerable<(string Key, bool IsShared)> keys, out string holder)
    {
        using PrivateDirectory directory = PrivateDirectory.Make(Place());
        var taken = new RunLock();
        try
        {
            foreach ((string key, bool isShared) in keys)
            {
                SafeFileHandle file = directory.OpenFile(Encoding.ASCII.GetBytes(key), OpenFlags.ReadWrite | OpenFlags.Create);
                taken._held.Add(file);
                if (Lock(file, isShared, directory.Path))
                    continue;
                holder = Read(file);
                taken.Dispose();
                return null;
            }
        }
        catch
        {
            taken.Dispose();
            throw;
        }

        holder = "";
        return taken;
    }

    public void Dispose() => _held.ForEach(FileLock.Release);

    /// <summary>Whoever runs as root meets in one place; others have one of their own.</summary>
    private static BytePath Place()
    {
        uint user = LibC.GetUserId();
        return BytePath.FromText(user == 0 ? "/run/overlay2" : string.Create(CultureInfo.InvariantCulture, $"/tmp/overlay2-{user}"));
    }

    /// <summary>Takes one, and says in it who has it.</summary>
    private static bool Lock(SafeFileHandle file, bool isShared, BytePath directory)
    {
        Errno error = FileLock.Take(file, isShared);
        if (error == Errno.EAGAIN)
            return false;
        if (!error.IsError)
            error = LibC.Truncate(file, 0);
        if (!error.IsError && !isShared)
            error = LibC.WriteAll(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}")));
        return error.IsError ? throw PrivateDirectory.Fail(directory, error) : true;
    }

    /// <summary>Who has it, if that one could say so: those that share it do not.</summary>
    private static string Read(SafeFileHandle file) =>
        BoundedFile.TryRead(file, LongestNote, out byte[] note, out _) && note.Length > 0 ? new ByteString(note).ToString() : "which process is not known";
}
