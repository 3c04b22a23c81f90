using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>References of a store as short lines for comparing.</summary>
internal static class RecordReferenceText
{
    /// <summary>What is not resolved, each kind of it once, in ordinal order.</summary>
    public static string[] Unresolved(ILayerStore store) =>
        [.. store.RecordReferences.Where(reference => reference.Resolution != RecordResolution.Resolved)
            .Select(reference => $"{reference.From.Kind} -> {reference.To.Kind}: {reference.Resolution} {reference.Reason}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Which kinds refer to which, in ordinal order.</summary>
    public static string[] Kinds(ILayerStore store) =>
        [.. store.RecordReferences.Select(reference => $"{reference.From.Kind} -> {reference.To.Kind}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
