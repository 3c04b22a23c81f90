using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>Finds the users of a host.</summary>
internal static class HostUsers
{
    private const int MaxAccountsLength = 1 << 20;
    private const int MostUsers = 1024;

    private static readonly BytePath s_accounts = BytePath.FromText("/etc/passwd");
    private static readonly BytePath s_homes = BytePath.FromText("/home");

    /// <summary>The users of the host's list of accounts, and those who have a directory below <c>/home</c>.</summary>
    public static List<HostUser> Find(RootedDirectory host)
    {
        List<HostUser> users = [];
        HashSet<BytePath> homes = [];
        if (BoundedFile.TryRead(host, s_accounts.Span, MaxAccountsLength, out byte[] accounts, out _))
        {
            foreach (Range line in accounts.AsSpan().Split((byte)'\n'))
            {
                string[] fields = Encoding.UTF8.GetString(accounts.AsSpan()[line]).Split(':');
                if (fields.Length >= 6 && BytePath.FromText(fields[5]) is { IsAbsolute: true } home && users.Count < MostUsers && homes.Add(home))
                    users.Add(new HostUser(fields[0], fields[2], home));
            }
        }

        foreach (BytePath name in HostDirectory.List(host, s_homes))
        {
            if (homes.Add(s_homes.Combine(name)))
                users.Add(new HostUser(name.ToString(), "", s_homes.Combine(name)));
        }

        return users;
    }
}
