using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Tests.Kernel;

public class KernelVersionTests
{
    [Theory]
    [InlineData("6.18.44", 6, 18, 44)]
    [InlineData("5.10.0-46-cloud-amd64", 5, 10, 0)]
    [InlineData("6.16.12+deb13-cloud-amd64", 6, 16, 12)]
    [InlineData("3.10.0-1160.el7.x86_64", 3, 10, 0)]
    [InlineData("5.15.153.1-microsoft-standard-WSL2", 5, 15, 153)]
    [InlineData("6.19-rc3", 6, 19, 0)]
    [InlineData("4.19", 4, 19, 0)]
    public void A_release_is_read_up_to_what_the_distribution_appends(string release, int major, int minor, int patch) =>
        Assert.Equal(new KernelVersion(major, minor, patch), KernelVersion.Parse(release));

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData("6.")]
    [InlineData("6.18.")]
    [InlineData(".6.18")]
    [InlineData("linux")]
    [InlineData("-6.18")]
    [InlineData("99999999999.1")]
    public void Other_text_is_refused(string release)
    {
        Assert.False(KernelVersion.TryParse(release, out _));
        Assert.Throws<FormatException>(() => KernelVersion.Parse(release));
    }

    [Fact]
    public void Versions_sort_number_by_number()
    {
        KernelVersion[] versions = [new(7, 0), new(6, 2), new(6, 18, 44), new(6, 18), new(6, 12, 113)];
        Array.Sort(versions);
        Assert.Equal(["6.2", "6.12.113", "6.18", "6.18.44", "7.0"], versions.Select(v => v.ToString()));
        Assert.True(new KernelVersion(6, 9) < new KernelVersion(6, 10));
        Assert.True(new KernelVersion(6, 9) >= new KernelVersion(6, 9, 0));
    }

    [Theory]
    [InlineData("5.10.0-46-cloud-amd64", "#1 SMP Debian 5.10.262-1 (2026-07-31)", "5.10.262")]
    [InlineData("5.15.0-91-generic", "Ubuntu 5.15.0-91.101-generic 5.15.131", "5.15.131")]
    [InlineData("6.18.44", "#1 SMP PREEMPT_DYNAMIC @0", "6.18.44")]
    [InlineData("6.1.0", "built with gcc 12.2.0", "6.1")]
    public void The_upstream_version_is_found_where_the_release_hides_it(string release, string text, string version) =>
        Assert.Equal(version, KernelVersion.Find(release, text).ToString());
}
