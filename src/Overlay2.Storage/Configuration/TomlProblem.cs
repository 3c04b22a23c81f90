using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>A TOML file that could not be used.</summary>
/// <param name="Path">The file on the host.</param>
/// <param name="IsRead">Whether it was read, and is malformed; otherwise it could not be read.</param>
/// <param name="Detail">The kernel's error, or what is wrong with the text and where.</param>
internal sealed record TomlProblem(BytePath Path, bool IsRead, string Detail);
