using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>What the other places of a store say that a damaged one should hold.</summary>
internal static class StoreEvidence
{
    private const int MostPathsShown = 4;

    public static FindingEvidence Expected(string path, ExpectedValue expected)
    {
        string sources = string.Join(", ", expected.Evidence.Take(MostPathsShown)) + (expected.Evidence.Count > MostPathsShown ? ", …" : "");
        return new FindingEvidence(path, expected.Status switch
        {
            ExpectedValueStatus.Known => $"by {sources} it should hold {expected.Value}",
            ExpectedValueStatus.None => $"by {sources} it should not be there",
            ExpectedValueStatus.Contradictory => $"what it should hold is not sure: {string.Join(" or ", expected.Candidates.Take(MostPathsShown))} (by {sources})",
            _ => "nothing else in the store says what it should hold",
        });
    }
}
