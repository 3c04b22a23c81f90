namespace Overlay2.Storage.Tests;

/// <summary>One use of a type of the library by another, as its metadata or the code of its methods tells it.</summary>
/// <param name="User">The using type, without its nested types.</param>
/// <param name="Used">The used type, without its nested types.</param>
/// <param name="Internal">What of it is not public: its name, or <c>Type.Member</c>; empty where all is public.</param>
internal readonly record struct ArchitectureUse(ArchitectureType User, ArchitectureType Used, string Internal)
{
    /// <summary>Whether something is used that only this assembly can see.</summary>
    public bool IsReach => Internal.Length > 0;
}
