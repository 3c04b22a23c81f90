using System.Text.Json;

namespace Overlay2.Storage.Configuration;

/// <summary>A member of the outermost object of a JSON text, with its place.</summary>
/// <param name="Name">The name, unescaped.</param>
/// <param name="NameStart">The offset of the name's opening quote, in bytes.</param>
/// <param name="NameEnd">The offset behind the name's closing quote.</param>
/// <param name="ValueStart">The offset of the value.</param>
/// <param name="ValueEnd">The offset behind the value.</param>
/// <param name="Kind">The type of the value.</param>
/// <param name="Line">The line of the name, from 1.</param>
internal sealed record JsonMember(string Name, int NameStart, int NameEnd, int ValueStart, int ValueEnd, JsonTokenType Kind, int Line);
