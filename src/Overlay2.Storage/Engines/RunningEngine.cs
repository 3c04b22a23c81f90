using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A process of an engine: what it was started with.</summary>
/// <param name="Name">The file name of the program as it was called.</param>
/// <param name="Arguments">The words behind it.</param>
internal sealed record RunningEngine(ByteString Name, ImmutableArray<ByteString> Arguments)
{
    /// <summary>The values of an option: <c>--name value</c> and <c>--name=value</c>.</summary>
    public IEnumerable<ByteString> Values(string option)
    {
        var name = ByteString.FromText(option);
        for (int i = 0; i < Arguments.Length; i++)
        {
            ByteString word = Arguments[i];
            if (word == name && i + 1 < Arguments.Length)
                yield return Arguments[i + 1];
            else if (word.Length > name.Length && word.Span.StartsWith(name.Span) && word.Span[name.Length] == (byte)'=')
                yield return new ByteString(word.Span[(name.Length + 1)..]);
        }
    }

    /// <summary>The absolute paths among the values of an option.</summary>
    public IEnumerable<BytePath> Paths(string option) => Values(option).Select(value => new BytePath(value)).Where(path => path.IsAbsolute);
}
