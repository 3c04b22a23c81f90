namespace Overlay2.Storage.Interop;

/// <summary>Counts the native calls that change something, over the whole process, and can disturb one of them: for the tests of crashes.</summary>
internal static class ChangingCalls
{
    private static long s_count;

    /// <summary>What disturbs the calls; nothing outside of such tests. Gets the number of the call, from 1, and its name, such as <c>renameat2</c>;
    /// where it answers with an error, the call is not made.</summary>
    public static Func<long, string, Errno>? Disturbance { get; set; }

    /// <summary>What shortens writes; nothing outside of such tests. Gets how many bytes are about to be written, and gives how many of them are.</summary>
    public static Func<int, int>? Shortening { get; set; }

    /// <summary>How many calls were begun.</summary>
    public static long Count => Interlocked.Read(ref s_count);

    /// <summary>Whether a call must not be made, and the error to be answered in its place. Asked right before each.</summary>
    public static bool Prevents(string name, out Errno error)
    {
        long number = Interlocked.Increment(ref s_count);
        error = Disturbance is { } disturbance ? disturbance(number, name) : default;
        return error.IsError;
    }

    /// <summary>How many of so many bytes a write(2) is to write.</summary>
    public static int Shorten(int length) => Shortening is { } shortening ? shortening(length) : length;
}
