using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>Exchanges a directory for a link to the same directory of a copy, in one call, and puts it back at the end.</summary>
/// <param name="top">The directory that was copied.</param>
/// <param name="copy">Its copy, on the same file system.</param>
internal sealed class Swapper(string top, string copy) : IDisposable
{
    private readonly string _link = $"{copy}.link";
    private string? _place;

    /// <summary>How many exchanges there were.</summary>
    public int Count { get; private set; }

    public void Dispose() => PutBack();

    /// <summary>Exchanges a directory.</summary>
    /// <param name="place">Its path below the top; empty for the top itself.</param>
    public void Swap(string place)
    {
        PutBack();
        File.CreateSymbolicLink(_link, Path.Join(copy, place));
        if (Exchange(place))
            _place = place;
        else
            File.Delete(_link);
    }

    /// <summary>Exchanges directories and puts them back, again and again, while something is done.</summary>
    public T Meanwhile<T>(ImmutableArray<string> places, Random dice, Func<T> action)
    {
        bool isOver = false;
        var thread = new Thread(() =>
        {
            const int Often = 50;
            while (!Volatile.Read(ref isOver))
            {
                Swap(places[dice.Next(places.Length)]);
                for (int i = 0; i < Often && _place is { } place && !Volatile.Read(ref isOver); i++)
                {
                    Exchange(place);
                    Exchange(place);
                }
            }

            PutBack();
        });
        thread.Start();
        try
        {
            return action();
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            thread.Join();
        }
    }

    private void PutBack()
    {
        if (_place is not { } place)
            return;
        _place = null;
        if (!Exchange(place) && Path.Exists(Path.Join(top, place)))
            throw new CrashFailure($"{place} cannot be put back");

        // A run that removes for good takes the link itself, and what was in its place is left here.
        if (new DirectoryInfo(_link) is { Exists: true, LinkTarget: null } left)
            left.Delete(recursive: true);
        else
            File.Delete(_link);
    }

    /// <summary>Whether there is something to exchange: what the run takes away is not there any more.</summary>
    private bool Exchange(string place)
    {
        bool isDone = !LibC.Rename(Encoding.UTF8.GetBytes(_link), Encoding.UTF8.GetBytes(Path.Join(top, place).TrimEnd('/')), LibC.RenameExchange).IsError;
        if (isDone)
            Count++;
        return isDone;
    }
}
