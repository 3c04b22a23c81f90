using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>One call with its arguments, to be made on both sides.</summary>
internal sealed record LiveOperation(LiveCall Call, string Path, string Other, int Number, byte[] Bytes)
{
    private static readonly string[] s_names = ["a", "b", "c", "d"];

    /// <summary>How many descriptors are kept open.</summary>
    public const int Slots = 4;

    public int Mode => Number switch { 0 => 0x1ED, 1 => 0x180, 2 => 0x5ED, _ => 0x3FF };

    public string Attribute => Number switch { 0 => "user.x", 1 => "trusted.y", 2 => "security.z", _ => "trusted.overlay.q" };

    /// <summary>The next call; its operands mostly fit.</summary>
    public static LiveOperation Next(Random random, LiveNames names)
    {
        byte[] bytes = new byte[random.Next(6) == 0 ? random.Next(4000, 9000) : random.Next(1, 300)];
        random.NextBytes(bytes);
        var call = (LiveCall)random.Next((int)LiveCall.ReadLink + 1);
        bool isNew = call is LiveCall.MakeDirectory or LiveCall.MakeSymbolicLink || (call == LiveCall.Create && random.Next(2) == 0);
        FileType? wanted = call switch
        {
            LiveCall.ReadDirectory or LiveCall.RemoveDirectory => FileType.Directory,
            LiveCall.ReadLink => FileType.SymbolicLink,
            LiveCall.Write or LiveCall.Read or LiveCall.Truncate or LiveCall.Create or LiveCall.Unlink or LiveCall.Hold or LiveCall.SetAttribute or LiveCall.Link => FileType.Regular,
            _ => null,
        };
        string path = isNew ? names.PickNew(random) : names.Pick(random, wanted);
        string other = call is LiveCall.Exchange ? names.Pick(random, null) : names.PickNew(random);
        return new LiveOperation(call, path, other, random.Next(4), bytes);
    }

    public static string RandomPath(Random random) =>
        string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_names[random.Next(s_names.Length)]));

    public override string ToString() => $"{Call} {Path} {Other} {Number} ({Bytes.Length} bytes)";
}
