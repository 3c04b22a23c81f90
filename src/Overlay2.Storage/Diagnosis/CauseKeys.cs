using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Keys of causes that rules and planners make of the same thing; see <see cref="Finding.CauseKey"/>.</summary>
public static class CauseKeys
{
    /// <summary>The key of a problem of the configuration. Lines are no part of it: they move when something else in the file is mended.</summary>
    /// <param name="problem">The problem.</param>
    public static string Of(EngineProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return $"configuration:{problem.Kind}:{(problem.Sources.IsEmpty ? "" : problem.Sources[0].Path.ToString())}:{problem.Message}";
    }
}
