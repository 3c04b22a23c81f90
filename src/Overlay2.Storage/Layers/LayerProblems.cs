namespace Overlay2.Storage.Layers;

/// <summary>Problems met on the way, of which the first are kept.</summary>
internal sealed class LayerProblems
{
    private const int MostKept = 100;

    private readonly List<LayerProblem> _kept = [];

    public long Count { get; private set; }

    public IReadOnlyList<LayerProblem> Kept => _kept;

    public void Add(LayerProblem problem)
    {
        Count++;
        if (_kept.Count < MostKept)
            _kept.Add(problem);
    }
}
