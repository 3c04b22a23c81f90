using System.Text;

namespace Overlay2.Storage.Interop;

/// <summary>Something on the way to a file about which others than root and the caller decide.</summary>
/// <param name="Path">Where it is, without links; empty for the root of the walk.</param>
/// <param name="UserId">Whom it belongs to: root or the caller where others may write to it.</param>
internal sealed record PathFault(byte[] Path, uint UserId)
{
    /// <summary>Whether it belongs to neither root nor the caller.</summary>
    public bool IsOfOther => UserId != 0 && UserId != LibC.GetUserId();

    /// <summary>For showing.</summary>
    public override string ToString()
    {
        string place = Path.Length == 0 ? "/" : Encoding.UTF8.GetString(Path);
        return IsOfOther ? $"{place} is of user {UserId}" : $"{place} may be written by others than root";
    }
}
