using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>An assignment of a file of variables, and where each byte of its value stands.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">The value, without quotes and escapes.</param>
/// <param name="Places">For each byte of the value its offset in the file.</param>
/// <param name="ValueStart">The offset of the first byte that may belong to the value.</param>
/// <param name="ValueEnd">The offset behind the last byte of the value, quotes included.</param>
/// <param name="Line">The line of the name, from 1.</param>
internal sealed record EnvironmentAssignment(ByteString Name, ByteString Value, int[] Places, int ValueStart, int ValueEnd, int Line);
