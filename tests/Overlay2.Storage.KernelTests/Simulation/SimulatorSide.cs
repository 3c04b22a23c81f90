using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Makes the calls on the simulator and answers as text.</summary>
internal sealed class SimulatorSide(OverlaySimulator simulator)
{
    private readonly int[] _held = [.. Enumerable.Repeat(-1, LiveOperation.Slots)];

    public string Run(LiveOperation o)
    {
        BytePath path = BytePath.FromText(o.Path), other = BytePath.FromText(o.Other);
        ByteString name = ByteString.FromText(o.Attribute);
        return o.Call switch
        {
            LiveCall.MakeDirectory => Of(simulator.MakeDirectory(path, o.Mode)),
            LiveCall.Write => WithFile(path, OpenFlags.ReadWrite, o, file => simulator.Write(file, o.Number * 50, o.Bytes).Error.ToString()),
            LiveCall.Create => WithFile(path, OpenFlags.WriteOnly | OpenFlags.Create | (o.Number == 0 ? OpenFlags.Exclusive : o.Number == 1 ? OpenFlags.Truncate : 0), o, _ => "OK"),
            LiveCall.Read => WithFile(path, OpenFlags.ReadOnly, o, file => Of(simulator.Read(file, o.Number * 50, 400), Convert.ToHexString)),
            LiveCall.Truncate => Of(simulator.Truncate(path, o.Bytes.Length)),
            LiveCall.MakeSymbolicLink => Of(simulator.MakeSymbolicLink(other, path)),
            LiveCall.Link => Of(simulator.Link(path, other, follow: false)),
            LiveCall.Unlink => Of(simulator.Unlink(path)),
            LiveCall.RemoveDirectory => Of(simulator.RemoveDirectory(path)),
            LiveCall.Rename => Of(simulator.Rename(path, other, RenameFlags.None)),
            LiveCall.Exchange => Of(simulator.Rename(path, other, RenameFlags.Exchange)),
            LiveCall.RenameNoReplace => Of(simulator.Rename(path, other, RenameFlags.NoReplace)),
            LiveCall.ChangeMode => Of(simulator.ChangeMode(path, o.Mode)),
            LiveCall.ChangeOwner => Of(simulator.ChangeOwner(path, (uint)o.Number, (uint)o.Bytes.Length, follow: false)),
            LiveCall.SetTimes => Of(simulator.SetTimes(path, (o.Number * 1_000_000_000L) + 1, (o.Bytes.Length * 1_000_000_000L) + 2, follow: false)),
            LiveCall.SetAttribute => Of(simulator.SetExtendedAttribute(path, name, o.Bytes, (AttributeMode)(o.Bytes.Length % 3), follow: false)),
            LiveCall.GetAttribute => Of(simulator.GetExtendedAttribute(path, name, follow: false), Convert.ToHexString),
            LiveCall.ListAttributes => Of(simulator.ListExtendedAttributes(path, follow: false)),
            LiveCall.RemoveAttribute => Of(simulator.RemoveExtendedAttribute(path, name, follow: false)),
            LiveCall.ReadDirectory => simulator.ReadDirectory(path) is var r && r.IsSuccess ? Answer.OfNames(r.Value.Select(e => e.Name.ToString()).Where(n => n is not ("." or ".."))) : r.Error.ToString(),
            LiveCall.Hold => Hold(path, o.Number),
            LiveCall.ReadHeld => _held[o.Number] < 0 ? "EBADF" : Of(simulator.Read(_held[o.Number], o.Bytes.Length % 200, 400), Convert.ToHexString),
            LiveCall.Stat => Stat(simulator.Stat(path, follow: false)),
            _ => simulator.ReadLink(path) is var r && r.IsSuccess ? "OK " + r.Value : r.Error.ToString(),
        };
    }

    /// <summary>The whole content of a file, in hexadecimal digits.</summary>
    public string ReadAll(string path)
    {
        OperationResult<int> file = simulator.Open(BytePath.FromText(path), OpenFlags.ReadOnly, 0);
        if (!file.IsSuccess)
            return file.Error.ToString();
        OperationResult<byte[]> bytes = simulator.Read(file.Value, 0, 1 << 16);
        simulator.Close(file.Value);
        return bytes.IsSuccess ? Convert.ToHexString(bytes.Value) : bytes.Error.ToString();
    }

    /// <summary>Device and number of an object, as one text.</summary>
    public string Identity(string path) =>
        simulator.Stat(BytePath.FromText(path), follow: false) is { Value: { } s } ? $"{s.ContainingDevice} {s.InodeNumber}" : "none";

    private string Hold(BytePath path, int slot)
    {
        OperationResult<int> file = simulator.Open(path, OpenFlags.ReadOnly, 0);
        if (!file.IsSuccess)
            return file.Error.ToString();
        if (_held[slot] >= 0)
            simulator.Close(_held[slot]);
        _held[slot] = file.Value;
        return "OK";
    }

    private static string Of(OperationResult result) => result.Error.ToString();

    private static string Of(OperationResult<byte[]> result, Func<byte[], string> show) => result.IsSuccess ? "OK " + show(result.Value) : result.Error.ToString();

    private static string Of(OperationResult<IReadOnlyList<ByteString>> result) =>
        result.IsSuccess ? Answer.OfNames(result.Value.Select(n => n.ToString())) : result.Error.ToString();

    private static string Stat(OperationResult<FileStatus?> result)
    {
        if (result.Value is not { } s)
            return result.Error.ToString();
        int type = s.Type switch { FileType.Directory => 0x4000, FileType.SymbolicLink => 0xA000, FileType.Regular => 0x8000, FileType.CharacterDevice => 0x2000, _ => 0 };
        return Answer.OfStatus(type | s.Mode, s.Uid, s.Gid, s.LinkCount, s.Size);
    }

    private string WithFile(BytePath path, OpenFlags flags, LiveOperation o, Func<int, string> use)
    {
        OperationResult<int> file = simulator.Open(path, flags, o.Mode);
        if (!file.IsSuccess)
            return file.Error.ToString();
        string answer = use(file.Value);
        simulator.Close(file.Value);
        return answer;
    }
}
