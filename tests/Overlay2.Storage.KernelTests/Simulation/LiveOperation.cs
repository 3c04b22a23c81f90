namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>One call with its arguments, to be made on both sides.</summary>
internal sealed record LiveOperation(LiveCall Call, string Path, string Other, int Number, byte[] Bytes)
{
    private static readonly string[] s_names = ["a", "b", "c", "d"];

    public static LiveOperation Next(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        return new LiveOperation((LiveCall)random.Next((int)LiveCall.ReadLink + 1), RandomPath(random), RandomPath(random), random.Next(4), bytes);
    }

    public static string RandomPath(Random random) =>
        string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_names[random.Next(s_names.Length)]));

    public int Mode => Number switch { 0 => 0x1ED, 1 => 0x180, 2 => 0x5ED, _ => 0x3FF };

    public string Attribute => Number switch { 0 => "user.x", 1 => "trusted.y", 2 => "security.z", _ => "trusted.overlay.q" };

    public override string ToString() => $"{Call} {Path} {Other} {Number} ({Bytes.Length} bytes)";
}
