using System.Collections.Immutable;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Something that a diagnosis found.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record Finding
{
    /// <summary>What kind of finding.</summary>
    public required FindingDescriptor Descriptor { get; init; }

    /// <summary>The id, such as <c>OVL0001</c>.</summary>
    public string Id => Descriptor.Id;

    /// <summary>How bad it is here.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>How sure it is.</summary>
    public required FindingStatus Status { get; init; }

    /// <summary>What it is about.</summary>
    public required FindingSubject Subject { get; init; }

    /// <summary>What is wrong here, in one or two sentences.</summary>
    public required string Message { get; init; }

    /// <summary>What it rests on, the most telling first.</summary>
    public ImmutableArray<FindingEvidence> Evidence { get; init; } = [];

    /// <summary>Findings with the same key have one cause, and usually go away together.</summary>
    public required string CauseKey { get; init; }

    /// <summary>The page about it; see <see cref="FindingDescriptor.HelpLink"/>.</summary>
    public string HelpLink => Descriptor.HelpLink;

    /// <summary>Id, status, subject and message in one line.</summary>
    public override string ToString() => $"{Id} {Severity} {Status} {Subject}: {Message}";
}
