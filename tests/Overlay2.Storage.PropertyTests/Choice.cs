using CsCheck;

namespace Overlay2.Storage.PropertyTests;

/// <summary>Generators of one of a few values.</summary>
internal static class Choice
{
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
