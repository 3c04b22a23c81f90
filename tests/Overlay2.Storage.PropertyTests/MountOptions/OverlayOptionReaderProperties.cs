using System.Text;
using CsCheck;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.MountOptions;

/// <summary>The option reader against a plain one, by every kind of vector.</summary>
public sealed class OverlayOptionReaderProperties
{
    private static readonly Gen<string> s_value = Gen.OneOf(
        Gen.Char["/ab\\0147:,=\" \u00ff"].Array[0, 30].Select(value => new string(value)),
        Gen.Char["/abc"].Array[0, 100].Select(value => new string(value)),
        Choice.Of("/l1:/l2::/l3", "lo\\134\\054w:l\\134:w", "\"a,b\"", "a\\072b", "", ":", "::"));

    private static readonly Gen<string> s_option = Gen.Select(
        Choice.Of("lowerdir=", "lowerdir+=", "datadir+=", "upperdir=", "workdir=", "context=", "fscontext=", "xcontext=", "rw", "", "="), s_value.Array[0, 4],
        (name, values) => name + string.Join(':', values));

    [Fact]
    public void Any_options() => s_option.Array[0, 6]
        .Select(options => Encoding.Latin1.GetBytes(string.Join(',', options)))
        .Sample(OverlayOptionsComparison.Check, iter: 6_000);

    [Fact]
    public void Any_bytes() => Gen.OneOf(Gen.Byte, Choice.Of("\\:,=\"0"u8.ToArray()))
        .Array[0, 200].Sample(OverlayOptionsComparison.Check, iter: 3_000);
}
