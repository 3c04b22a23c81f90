using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>A user of the host, who may have stores of his own.</summary>
/// <param name="Name">The name.</param>
/// <param name="UserId">The number; empty where it is not known.</param>
/// <param name="Home">The home directory.</param>
internal sealed record HostUser(string Name, string UserId, BytePath Home)
{
    /// <summary>The number; <see langword="null"/> where it is not known.</summary>
    public uint? Number => uint.TryParse(UserId, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    /// <summary>Whose word a place is that he names: <see langword="null"/> where he is root or the caller.</summary>
    public string? Outsider => Number == 0 || Number == LibC.GetUserId() ? null : $"user {Name} names it";
}
