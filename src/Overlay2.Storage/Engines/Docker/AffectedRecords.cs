namespace Overlay2.Storage.Engines.Docker;

/// <summary>The images and containers that a loss concerns, by the names under which a person knows them, or else by their ids.</summary>
/// <param name="Images">The images.</param>
/// <param name="Containers">The containers.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record AffectedRecords(IReadOnlyList<string> Images, IReadOnlyList<string> Containers);
