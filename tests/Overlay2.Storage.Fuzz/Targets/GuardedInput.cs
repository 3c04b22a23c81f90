using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Input that ends where memory ends, so that a read behind it ends the process.</summary>
internal static class GuardedInput
{
    private const int Pages = 16;

    [ThreadStatic]
    private static GuardedMemory? s_memory;

    /// <summary>Runs a check on the guarded input and on a plain copy of it; on the copy alone if it is large.</summary>
    public static void Run(byte[] input, Check check)
    {
        GuardedMemory memory = s_memory ??= new GuardedMemory(Pages);
        check(input.Length <= memory.Length ? memory.PlaceAtEnd(input) : input, input);
    }

    internal delegate void Check(ReadOnlySpan<byte> text, byte[] copy);
}
