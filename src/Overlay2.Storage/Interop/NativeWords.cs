using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>Words in native memory as programs are given them: pointers, the last of them null, and behind them the bytes with a terminating zero each.</summary>
internal readonly unsafe ref struct NativeWords
{
    public NativeWords(ReadOnlySpan<byte[]> words)
    {
        nuint length = (nuint)((words.Length + 1) * sizeof(byte*));
        foreach (byte[] word in words)
            length += (nuint)word.Length + 1;
        Pointer = (byte**)NativeMemory.AllocZeroed(length);
        byte* next = (byte*)(Pointer + words.Length + 1);
        for (int i = 0; i < words.Length; i++)
        {
            Pointer[i] = next;
            words[i].CopyTo(new Span<byte>(next, words[i].Length));
            next += words[i].Length + 1;
        }
    }

    public byte** Pointer { get; }

    public void Dispose() => NativeMemory.Free(Pointer);
}
