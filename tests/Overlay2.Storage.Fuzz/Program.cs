using Overlay2.Storage.Fuzz;
using SharpFuzz;

switch (args)
{
    case [var name] when FuzzTargets.All.TryGetValue(name, out Action<byte[]>? target):
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target(input.ToArray());
        });
        return 0;

    case ["replay", var name, var folder] when FuzzTargets.All.TryGetValue(name, out Action<byte[]>? target):
        return Replay.Run(target, folder, Console.Out);

    default:
        Console.Error.WriteLine($"usage: TARGET | replay TARGET FOLDER, where TARGET is one of {string.Join(", ", FuzzTargets.All.Keys)}");
        return 64;
}
