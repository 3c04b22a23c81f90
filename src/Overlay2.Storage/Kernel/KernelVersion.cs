using System.Globalization;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Kernel;

/// <summary>The upstream version of a Linux kernel: three numbers, without what a distribution appends.</summary>
/// <param name="Major">The first number, such as 6.</param>
/// <param name="Minor">The second number, such as 18.</param>
/// <param name="Patch">The third number, the stable update; 0 for the base release.</param>
/// <remarks>Ordered number by number. Thread-safe. Source: uname(2), proc_sys_kernel(5).</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KernelVersion(int Major, int Minor, int Patch = 0) : IComparable<KernelVersion>
{
    /// <summary>Reads the start of a release string.</summary>
    /// <param name="release">A release as uname(2) gives it, such as <c>5.10.0-46-cloud-amd64</c>, <c>6.16.12+deb13-amd64</c> or
    /// <c>6.19-rc3</c>; what follows the numbers is not looked at.</param>
    /// <exception cref="FormatException">The text does not start with two or three numbers joined by points.</exception>
    public static KernelVersion Parse(string release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return TryParse(release, out KernelVersion version)
            ? version
            : throw new FormatException("A kernel release starts with two or three numbers joined by points.");
    }

    /// <summary>Reads the start of a release string, if it is one.</summary>
    /// <param name="release">A release as uname(2) gives it; see <see cref="Parse"/>.</param>
    /// <param name="version">The numbers; all 0 when the answer is <see langword="false"/>.</param>
    /// <returns>Whether the text starts with two or three numbers joined by points.</returns>
    public static bool TryParse(ReadOnlySpan<char> release, out KernelVersion version)
    {
        version = default;
        if (!TryTakeNumber(ref release, out int major) || !TryTakePoint(ref release) || !TryTakeNumber(ref release, out int minor))
            return false;

        int patch = 0;
        if (TryTakePoint(ref release) && !TryTakeNumber(ref release, out patch))
            return false;

        version = new KernelVersion(major, minor, patch);
        return true;
    }

    /// <summary>Finds the upstream version of a distribution kernel whose release string hides it.</summary>
    /// <param name="release">The release as uname(2) gives it. Some distributions keep the third number at 0 and append their own.</param>
    /// <param name="versionText">The version text as uname(2) gives it, such as <c>#1 SMP Debian 5.10.262-1 (2026-07-31)</c>; may be empty.</param>
    /// <returns>The version in <paramref name="versionText"/> if it names one of the same series, else that of <paramref name="release"/>.</returns>
    /// <exception cref="FormatException">The release does not start with two or three numbers joined by points.</exception>
    public static KernelVersion Find(string release, string versionText)
    {
        ArgumentNullException.ThrowIfNull(versionText);
        KernelVersion stated = Parse(release);
        ReadOnlySpan<char> text = versionText;
        foreach (Range word in text.Split(' '))
        {
            if (TryParse(text[word], out KernelVersion found) && found.IsSameSeries(stated) && found > stated)
                return found;
        }

        return stated;
    }

    /// <summary>Whether two versions are updates of one base release.</summary>
    /// <param name="other">The other version.</param>
    public bool IsSameSeries(KernelVersion other) => Major == other.Major && Minor == other.Minor;

    /// <summary>Whether the left version is older.</summary>
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left version is older or both are equal.</summary>
    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left version is newer.</summary>
    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left version is newer or both are equal.</summary>
    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Orders by the three numbers.</summary>
    public int CompareTo(KernelVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>The version as text; a third number of 0 is left out.</summary>
    public override string ToString() => Patch == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}")
        : string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, out int number)
    {
        int length = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = length < 0 ? text : text[..length];
        text = text[digits.Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryTakePoint(ref ReadOnlySpan<char> text)
    {
        if (text is not ['.', ..])
            return false;
        text = text[1..];
        return true;
    }
}
