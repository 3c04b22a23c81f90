using System.Globalization;

namespace Overlay2.Storage.CrashTests.Listings;

/// <summary>The mounts that a process sees, a line each, without what a mount that is made anew has anew: its id, its place in the table, and of an
/// overlay the device. Read as text: the library's own reader is under test.</summary>
/// <remarks>Other file systems keep their device while they are mounted anywhere: it is in the end, for <see cref="Listing.WithoutDevices"/>.</remarks>
internal static class MountListing
{
    /// <summary>The mounts at or below a directory, in order.</summary>
    public static IReadOnlyList<string> Of(int processId, string below = "/")
    {
        string[][] mounts = [.. File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mountinfo")).Select(line => line.Split(' '))];
        Dictionary<string, string[]> byId = mounts.ToDictionary(mount => mount[0], StringComparer.Ordinal);
        return [.. mounts.Where(mount => mount[4].StartsWith(below, StringComparison.Ordinal)).Select(Describe).Order(StringComparer.Ordinal)];

        string Describe(string[] mount)
        {
            int dash = Array.IndexOf(mount, "-");
            string type = mount[dash + 1];
            string device = type == "overlay" ? "" : $" {Listing.Device}{mount[2]}";
            string parent = byId.TryGetValue(mount[1], out string[]? on) ? $"{on[4]} {on[3]}" : "nothing";
            string groups = string.Join(' ', mount[6..dash].Select(Members));
            return $"{mount[4]} {mount[3]} on {parent} {mount[5]} [{groups}] {type} {mount[dash + 2]} {mount[dash + 3]}{device}";
        }

        // A peer group is its members: its number is new each time.
        string Members(string field)
        {
            if (field.Split(':') is not [var relation, var group])
                return field;
            string shared = $"shared:{group}";
            IEnumerable<string> members = mounts.Where(mount => mount.AsSpan(6, Array.IndexOf(mount, "-") - 6).Contains(shared)).Select(mount => mount[4]);
            return $"{relation}({string.Join(',', members.Order(StringComparer.Ordinal))})";
        }
    }
}
