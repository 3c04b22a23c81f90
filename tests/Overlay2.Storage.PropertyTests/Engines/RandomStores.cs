using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.PropertyTests.Engines;

/// <summary>Makes sound stores of one kind at random, and damages them.</summary>
internal abstract class RandomStores(Random random, string root, string home)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly List<string> _ids = ["junk", "", new('a', 64), "sha256:" + new string('b', 64)];
    private int _next = 16;

    protected Random Random => random;

    /// <summary>A store without a fault and of which nothing is unneeded, as it is read from disk.</summary>
    public static ILayerStore MakeSound(LayerStoreKind kind, int seed) => kind switch
    {
        LayerStoreKind.DockerClassic => RandomDockerStores.MakeSound(seed),
        LayerStoreKind.ContainersStorage => RandomContainersStores.MakeSound(seed),
        _ => RandomContainerdStores.MakeSound(seed),
    };

    /// <summary>The layers with the directories that they have on disk.</summary>
    protected static IReadOnlyList<OverlayDriverLayer> WithDirectories(IReadOnlyList<OverlayDriverLayer> layers) => [.. layers.Select(layer => layer with { Work = StoreEntryType.Directory })];

    protected static DriverHomeStatus Home { get; } = new() { Type = StoreEntryType.Directory };

    /// <summary>What no engine writes for an id.</summary>
    protected void RememberHostileIds()
    {
        foreach (string id in (string[])["a/b", "..", ".", "\n", "/etc/passwd", "l"])
            Remember(id);
    }

    protected static ByteString B(string text) => ByteString.FromText(text);

    protected static BytePath P(string path) => BytePath.FromText(path);

    protected static StoreFile F(string content) => StoreFile.Of(B(content));

    /// <summary>The layers of a driver home, with their short links.</summary>
    protected List<OverlayDriverLayer> Layers { get; } = [];

    protected List<OverlayDriverShortLink> Links { get; } = [];

    protected List<StoreProblem> Problems { get; } = [];

    protected List<ByteString> Others { get; } = [];

    protected BytePath Root => P(root);

    protected int Upto(int most) => random.Next(most + 1);

    protected bool Seldom => random.Next(4) == 0;

    /// <summary>A new id of 64 digits, remembered for damage.</summary>
    protected string NewId() => Remember((_next++).ToString("x64", CultureInfo.InvariantCulture));

    protected string NewChain() => Remember("sha256:" + (_next++).ToString("x64", CultureInfo.InvariantCulture));

    protected string NewBuildId() => Remember((_next++).ToString("d25", CultureInfo.InvariantCulture));

    protected string Remember(string id)
    {
        _ids.Add(id);
        return id;
    }

    /// <summary>Some id of the store, or what is none.</summary>
    protected string AnyId() => _ids[random.Next(_ids.Count)];

    protected T OneOf<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>A layer directory on others, nearest first.</summary>
    protected void AddLayer(string id, IEnumerable<string> below)
    {
        int number = _next++;
        string name = new([.. Enumerable.Range(0, 26).Select(place => Base32[place < 4 ? (number >> (5 * place)) & 31 : 7])]);
        Remember(name);
        string lower = string.Join(':', below.Select(other => "l/" + Layers.First(layer => layer.Id == B(other)).Link.Content));
        Layers.Add(new OverlayDriverLayer
        {
            Id = B(id),
            Directory = P($"{home}/{id}"),
            Diff = StoreEntryType.Directory,
            Link = F(name),
            Lower = lower.Length == 0 ? StoreFile.Missing : F(lower),
        });
        Links.Add(new OverlayDriverShortLink { Name = B(name), Type = StoreEntryType.SymbolicLink, Target = P($"../{id}/diff") });
    }

    /// <summary>Does one thing to the driver home.</summary>
    protected void DamageDriverHome()
    {
        switch (random.Next(10))
        {
            case 8:
                Change(Layers, layer => layer.NamesLayersById ? layer with { LowerLayers = AnyFile(layer.LowerLayers) } : layer);
                break;
            case 9:
                Change(Layers, layer => layer.NamesLayersById ? layer with { LowerLayers = F(string.Join(':', Enumerable.Range(0, 1 + Upto(3)).Select(_ => AnyId()))) } : layer);
                break;
            case 7:
                Others.Add(B(AnyId()));
                break;
            case 0:
                Change(Layers, layer => layer with { Link = AnyFile(layer.Link) });
                break;
            case 1:
                Change(Layers, layer => layer with { Lower = AnyFile(layer.Lower) });
                break;
            case 2:
                Change(Layers, layer => layer with { Lower = F(string.Join(':', Enumerable.Range(0, 1 + Upto(3)).Select(_ => random.Next(2) == 0 ? AnyId() : "l/" + AnyId()))) });
                break;
            case 3:
                Change(Layers, layer => layer with { Diff = (StoreEntryType)random.Next(7) });
                break;
            case 4:
                Change(Links, link => link with { Target = P(random.Next(3) == 0 ? AnyId() : $"../{AnyId()}/diff") });
                break;
            case 5:
                Change(Links, link => link with { Type = (StoreEntryType)random.Next(7), Target = Seldom ? P($"../{AnyId()}/diff") : link.Target });
                break;
            default:
                Change(Links, link => link with { Name = B(AnyId().Replace('/', 'x').PadLeft(1, 'y')) });
                break;
        }
    }

    /// <summary>Makes the layers those of a version that lists ids, in the place of short names or beside them.</summary>
    protected void ListIds(IReadOnlyList<(string Id, List<string> Below)> chains, bool keepsShortNames)
    {
        foreach ((string id, List<string> below) in chains)
        {
            int place = Layers.FindIndex(layer => layer.Id == B(id));
            if (below.Count > 0)
                Layers[place] = Layers[place] with { LowerLayers = F(string.Join(':', below)) };
            if (!keepsShortNames)
                Layers[place] = Layers[place] with { Link = StoreFile.Missing, Lower = StoreFile.Missing };
        }

        if (!keepsShortNames && chains.Any(chain => chain.Below.Count > 0))
            Links.Clear();
    }

    /// <summary>A part that could not be read: one of these, something in it, or a part of the path to it.</summary>
    protected void AddProblem(params string[] places)
    {
        string place = $"{root}/{OneOf(places)}";
        if (Seldom)
            place += "/" + (AnyId() is { Length: > 0 } id ? id.TrimStart('/') : "x");
        for (int up = random.Next(8); up > 5 && place != "/"; up--)
            place = Path.GetDirectoryName(place)!;
        Problems.Add(AnyProblem(place));
    }

    protected StoreProblem AnyProblem(string path) => new(P(path), StoreOperation.Read, (StoreProblemReason)random.Next(10), "");

    /// <summary>What a file can have become.</summary>
    protected StoreFile AnyFile(StoreFile file) => random.Next(7) switch
    {
        0 => StoreFile.Missing,
        1 => StoreFile.Unreadable(AnyProblem(root + "/x")),
        2 => F(""),
        3 => F(" \n"),
        4 => F(file.Content + "\n"),
        _ => F(AnyId()),
    };

    /// <summary>Changes one of a list, or takes it away, or has it twice.</summary>
    protected void Change<T>(List<T> items, Func<T, T> change)
    {
        if (items.Count == 0)
            return;
        int place = random.Next(items.Count);
        switch (random.Next(6))
        {
            case 0:
                items.RemoveAt(place);
                break;
            case 1:
                items.Insert(random.Next(items.Count + 1), change(items[place]));
                break;
            default:
                items[place] = change(items[place]);
                break;
        }
    }
}
