using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.Tests.Engines;

public sealed class ContainerdValueTests
{
    [Theory]
    [InlineData("00", 0ul)]
    [InlineData("7f", 127ul)]
    [InlineData("8001", 128ul)]
    [InlineData("9c01", 156ul)]
    [InlineData("ffffffffffffffffff01", ulong.MaxValue)]
    public void Numbers_are_those_of_go(string hex, ulong expected)
    {
        Assert.True(ContainerdValue.TryReadUnsigned(Convert.FromHexString(hex), out ulong number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("0100")]
    [InlineData("ffffffffffffffffff02")]
    [InlineData("ffffffffffffffffffff01")]
    public void What_is_no_whole_number_is_refused(string hex)
    {
        Assert.False(ContainerdValue.TryReadUnsigned(Convert.FromHexString(hex), out _));
        Assert.False(ContainerdValue.TryReadSigned(Convert.FromHexString(hex), out _));
    }

    [Theory]
    [InlineData("16", 11L)]
    [InlineData("01", -1L)]
    [InlineData("80c0f201", 1986560L)]
    public void Signed_numbers_are_folded(string hex, long expected)
    {
        Assert.True(ContainerdValue.TryReadSigned(Convert.FromHexString(hex), out long number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("010000000ee297eaa32e92ac95ffff", "2026-11-24T20:29:23.7813643Z")]
    [InlineData("010000000ee297eaa32e92ac95003c", "2026-11-24T20:29:23.7813643Z")]
    [InlineData("020000000ee297eaa32e92ac95003c05", "2026-11-24T20:29:23.7813643Z")]
    [InlineData("010000000000000000000000000000", "0001-01-01T00:00:00.0000000Z")]
    public void Times_are_those_of_go(string hex, string expected)
    {
        Assert.True(ContainerdValue.TryReadTime(Convert.FromHexString(hex), out DateTimeOffset time));
        Assert.Equal(expected, time.UtcDateTime.ToString("O"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("030000000ee297eaa32e92ac95ffff")]
    [InlineData("010000000ee297eaa32e92ac95ff")]
    [InlineData("018000000ee297eaa32e92ac95ffff")]
    [InlineData("017fffffffffffffff2e92ac95ffff")]
    [InlineData("010000000ee297eaa33b9aca00ffff")]
    [InlineData("010000000ee297eaa3ffffffffffff")]
    public void What_is_no_time_is_refused(string hex) => Assert.False(ContainerdValue.TryReadTime(Convert.FromHexString(hex), out _));
}
