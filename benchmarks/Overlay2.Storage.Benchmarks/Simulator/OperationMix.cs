namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>A random mix of operations on a fixed set of names, so that trees do not grow without end.</summary>
/// <remarks>Names drawn blindly mostly miss, and a miss is cheap; so each operation is tried on <paramref name="trial"/> first.</remarks>
internal sealed class OperationMix(int seed, IOperationTarget trial)
{
    public const int Directories = 12;
    public const int Names = 16;
    public const int LargestFile = 8192;

    private const int MostTries = 40;

    /// <summary>One operation in so many may fail.</summary>
    private const int Blind = 10;

    private static readonly (OperationKind Kind, int Weight)[] s_weights =
    [
        (OperationKind.Stat, 22), (OperationKind.Read, 16), (OperationKind.Write, 14), (OperationKind.ReadDirectory, 6),
        (OperationKind.MakeDirectory, 6), (OperationKind.RemoveDirectory, 3), (OperationKind.Unlink, 7), (OperationKind.Rename, 7),
        (OperationKind.ChangeMode, 4), (OperationKind.ChangeOwner, 2), (OperationKind.Link, 3), (OperationKind.MakeSymbolicLink, 2),
        (OperationKind.ReadLink, 2), (OperationKind.SetExtendedAttribute, 2), (OperationKind.GetExtendedAttribute, 2), (OperationKind.Truncate, 2),
    ];

    private static readonly OperationKind[] s_kinds = [.. s_weights.SelectMany(static pair => Enumerable.Repeat(pair.Kind, pair.Weight))];

    private readonly Random _random = new(seed);

    public Operation[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private Operation Next()
    {
        OperationKind kind = s_kinds[_random.Next(s_kinds.Length)];
        int tries = _random.Next(Blind) == 0 ? 1 : MostTries;
        Operation operation;
        do
        {
            operation = Make(kind);
        }
        while (trial.Run(operation) < 0 && --tries > 0);
        return operation;
    }

    private Operation Make(OperationKind kind)
    {
        string path = kind == OperationKind.ReadDirectory && _random.Next(2) == 0 ? PickDirectory() : Pick();
        string other = kind == OperationKind.MakeSymbolicLink ? PickName() : Pick();
        int number = kind switch
        {
            OperationKind.ChangeMode => _random.Next(2) == 0 ? 0b110_100_100 : 0b111_101_101,
            OperationKind.ChangeOwner => _random.Next(1000, 1003),
            _ => _random.Next(LargestFile),
        };
        return new Operation(kind, path, other, number);
    }

    private string Pick() => _random.Next(3) switch
    {
        0 => PickDirectory() + "/" + PickName() + "/" + PickName(),
        _ => PickDirectory() + "/" + PickName(),
    };

    private string PickDirectory() => FormattableString.Invariant($"d{_random.Next(Directories)}");

    private string PickName() => FormattableString.Invariant($"n{_random.Next(Names)}");
}
