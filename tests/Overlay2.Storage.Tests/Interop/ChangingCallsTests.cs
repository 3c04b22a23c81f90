using Microsoft.Win32.SafeHandles;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>Every wrapper that changes something asks <see cref="ChangingCalls"/> before.</summary>
[Collection(ChangingCallsCollection.Name)]
public sealed class ChangingCallsTests : IDisposable
{
    /// <summary>An error that none of the calls gives.</summary>
    private static readonly Errno s_prevention = Errno.EKEYEXPIRED;

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<string> _announced = [];

    public static TheoryData<string> Wrappers => [.. ChangingWrapper.All.Select(wrapper => wrapper.Name)];

    public void Dispose() => ChangingCalls.Disturbance = null;

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void A_changing_call_is_announced_and_not_made_if_prevented(string name)
    {
        ChangingWrapper wrapper = ChangingWrapper.All.Single(wrapper => wrapper.Name == name);
        using var tree = new WrapperTree();
        string before = tree.Look();

        Disturb(s_prevention);
        Assert.Equal(s_prevention, wrapper.Call(tree));
        Assert.Equal([wrapper.Native], _announced);
        Assert.Equal(before, tree.Look());

        // Announced only, it is made.
        Disturb(default);
        long count = ChangingCalls.Count;
        Errno error = wrapper.Call(tree);
        Assert.NotEqual(s_prevention, error);
        Assert.Equal([wrapper.Native, wrapper.Native], _announced);
        Assert.Equal(count + 1, ChangingCalls.Count);
        if (wrapper.Shows)
        {
            Assert.Equal(default, error);
            Assert.NotEqual(before, tree.Look());
        }
    }

    [Fact]
    public void What_only_asks_is_not_announced()
    {
        using var tree = new WrapperTree();
        Disturb(s_prevention);

        Assert.True(LibC.TryOpen(tree.Path("file"), OpenFlags.ReadOnly, out SafeFileHandle file, out _));
        Assert.True(LibC.TryRead(file, new byte[8], out int count, out _));
        Assert.Equal(7, count);
        Assert.True(LibC.TryOpenAt2(tree.Root, "file"u8, OpenFlags.WriteOnly, ResolveFlags.None, out SafeFileHandle second, out _));
        Assert.True(LibC.TryStatx(file, StatusMask.Basic, out _, out _));
        LibC.TryGetInodeFlags(file, out _, out Errno error);
        Assert.NotEqual(s_prevention, error);
        Assert.NotEqual(s_prevention, LibC.SetText(tree.Closed, "key"u8, "value"u8));
        file.Dispose();
        second.Dispose();

        Assert.Empty(_announced);
    }

    [Fact]
    public void What_is_refused_is_not_announced()
    {
        using var tree = new WrapperTree();
        Disturb(s_prevention);

        Assert.Equal(Errno.ENOENT, LibC.MakeDirectory(tree.Root, "new\0"u8, 0));
        Assert.Equal(Errno.EINVAL, LibC.SetExtendedAttribute(tree.File, "user.\0"u8, default));

        Assert.Empty(_announced);
    }

    [Fact]
    public void A_prevention_that_is_a_signal_is_one_signal()
    {
        using var tree = new WrapperTree();
        ChangingCalls.Disturbance = (_, name) =>
        {
            _announced.Add(name);
            return _announced.Count == 1 ? Errno.EINTR : default;
        };

        Assert.Equal(default, LibC.WriteAll(tree.File, "C"u8));
        Assert.Equal(["write", "write"], _announced);
        Assert.Contains("Content", tree.Look(), StringComparison.Ordinal);

        _announced.Clear();
        Assert.Equal(Errno.EINTR, LibC.MakeDirectory(tree.Root, "new"u8, 0x1C0));
        Assert.Equal(["mkdirat"], _announced);
    }

    [Fact]
    public void Every_call_has_a_number_of_its_own()
    {
        const int Threads = 4;
        const int Calls = 50_000;
        long before = ChangingCalls.Count;
        var seen = new bool[Threads * Calls];
        ChangingCalls.Disturbance = (number, name) =>
        {
            seen[number - before - 1] = name == "test";
            return s_prevention;
        };

        int prevented = 0;
        using var start = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (int i = 0; i < Calls; i++)
            {
                if (ChangingCalls.Prevents("test", out Errno error) && error == s_prevention)
                    Interlocked.Increment(ref prevented);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(before + Threads * Calls, ChangingCalls.Count);
        Assert.Equal(Threads * Calls, prevented);
        Assert.DoesNotContain(false, seen);
        ChangingCalls.Disturbance = null;
        Assert.False(ChangingCalls.Prevents("test", out Errno none));
        Assert.Equal(default, none);
    }

    /// <summary>Threads that run one after the other would not show it.</summary>
    [Fact]
    public void The_count_is_touched_by_atomic_calls_alone()
    {
        using var module = ModuleDefinition.ReadModule(typeof(ChangingCalls).Assembly.Location);
        Instruction[] uses =
        [
            .. module.GetType(typeof(ChangingCalls).FullName).Methods.Where(method => method.HasBody).SelectMany(method => method.Body.Instructions)
                .Where(code => code.Operand is FieldReference { Name: "s_count" }),
        ];

        Assert.Equal(2, uses.Length);
        Assert.All(uses, use => Assert.True(use.Next.Operand is MethodReference { DeclaringType.Name: nameof(Interlocked) }));
    }

    /// <summary>Notes the calls of this thread and answers each with an error.</summary>
    private void Disturb(Errno answer) => ChangingCalls.Disturbance = (_, name) =>
    {
        if (Environment.CurrentManagedThreadId != _thread)
            return default;
        _announced.Add(name);
        return answer;
    };
}
