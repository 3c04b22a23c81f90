using System.Text;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A secret as it is planted.</summary>
/// <param name="Name">A name that tells of it, in some casing and with some separator.</param>
/// <param name="Token">The secret itself.</param>
/// <param name="Text">The secret as it stands in a text, by its form.</param>
internal sealed record PlantedSecret(string Name, string Token, string Text)
{
    private const int ShortestPart = 5;

    /// <summary>What must not be found anywhere: the token, and every part of it between odd characters, as they are, in base64 and with escapes.</summary>
    public IEnumerable<string> Traces()
    {
        List<string> parts = [Token, .. Split()];
        foreach (string part in parts)
        {
            yield return part;
            yield return Uri.EscapeDataString(part);
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            for (int shift = 0; shift < 3; shift++)
            {
                // Without the first and last characters, which depend on what stands beside it.
                string code = Convert.ToBase64String([.. new byte[shift], .. bytes]);
                string inner = code.TrimEnd('=')[(shift == 0 ? 0 : shift + 1)..^1];
                if (inner.Length >= ShortestPart)
                    yield return inner;
            }
        }
    }

    private IEnumerable<string> Split()
    {
        var part = new StringBuilder();
        foreach (char character in Token + ' ')
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                part.Append(character);
                continue;
            }

            if (part.Length >= ShortestPart)
                yield return part.ToString();
            part.Clear();
        }
    }
}
