using System.Reflection;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>Every native function is classed, and every wrapper keeps the rules of <see cref="NativeCall"/>: a new one is met by these tests first.</summary>
public sealed class NativeWrapperTests : IDisposable
{
    /// <summary>Functions that always change something.</summary>
    private static readonly string[] s_changing =
    [
        "write", "ftruncate", "fallocate", "copy_file_range", "fsync", "syncfs", "mkdirat", "mknodat", "symlinkat", "renameat2", "unlinkat",
        "fsetxattr", "lsetxattr", "fchmod", "fchown", "fchownat", "mount", "umount2", "mount_setattr", "move_mount", "posix_spawn",
    ];

    /// <summary>Functions that change something with some arguments.</summary>
    private static readonly string[] s_sometimesChanging = ["openat", "openat2", "ioctl", "fsconfig"];

    /// <summary>Functions that change nothing, or nothing that outlives the process.</summary>
    private static readonly string[] s_asking =
    [
        "read", "pread", "lseek", "getdents64", "fchdir", "readlinkat", "statx", "newfstatat", "fstatfs", "name_to_handle_at", "flistxattr", "llistxattr", "fgetxattr",
        "lgetxattr", "open_tree", "fsopen", "fsmount", "listmount", "statmount", "fanotify_init", "fanotify_mark", "unshare", "setns", "geteuid", "pidfd_open", "pipe2", "posix_spawn_file_actions_init", "posix_spawn_file_actions_destroy", "posix_spawn_file_actions_adddup2",
        "posix_spawn_file_actions_addclose", "posix_spawnattr_init", "posix_spawnattr_destroy", "posix_spawnattr_setflags", "posix_spawnattr_setsigmask", "posix_spawnattr_setsigdefault", "clone", "kill",
        "waitpid", "poll", "eventfd", "eventfd_write", "flock",
    ];

    private readonly NativeCode _code = new();

    public static TheoryData<string> Texts => [.. TextWrapper.All.Select(wrapper => wrapper.Name)];

    public void Dispose() => _code.Dispose();

    [Fact]
    public void Every_native_function_is_classed() =>
        Assert.Equal(s_changing.Concat(s_sometimesChanging).Concat(s_asking).Order(StringComparer.Ordinal), _code.Natives.Order(StringComparer.Ordinal));

    [Fact]
    public void What_changes_is_announced_by_the_method_that_makes_it_and_nothing_else_is()
    {
        (string Method, string Name)[] announced = [.. _code.Announcements];

        Assert.Equal(
            _code.NativeCalls.Where(call => s_changing.Contains(call.Native)).Order(),
            announced.Where(one => s_changing.Contains(one.Name)).Order());
        Assert.Equal(s_sometimesChanging.Order(StringComparer.Ordinal), announced.Select(one => one.Name).Where(s_sometimesChanging.Contains).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(announced.Select(one => one.Name).Intersect(s_asking));
    }

    [Fact]
    public void Every_method_that_calls_a_native_function_hands_its_result_to_a_NativeCall()
    {
        Assert.NotEmpty(_code.NativeCalls);
        Assert.All(_code.NativeCalls, call => Assert.True(_code.Answers(call.Method), call.Method));
    }

    [Fact]
    public void Only_NativeCall_reads_what_a_call_left() => Assert.Equal([nameof(Errno), nameof(NativeCall)], _code.ReadersOfErrno.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_changing_wrapper_is_tried() => Assert.Equal(
        _code.AnnouncingWrappers.Where(one => s_changing.Contains(one.Announced) || s_sometimesChanging.Contains(one.Announced)).Distinct().Order(),
        ChangingWrapper.All.Select(wrapper => (wrapper.Name, wrapper.Native)).Order());

    [Fact]
    public void Every_text_of_every_wrapper_is_tried()
    {
        IEnumerable<string> texts =
            from method in typeof(LibC).GetMethods(BindingFlags.Public | BindingFlags.Static)
            from parameter in method.GetParameters()
            where parameter.ParameterType == typeof(ReadOnlySpan<byte>)
            select NativeCode.Describe(method.Name, method.GetParameters().Select(one => one.Name!)) + "." + parameter.Name;

        Assert.Equal(texts.Order(StringComparer.Ordinal), TextWrapper.All.Select(wrapper => wrapper.Name).Concat(TextWrapper.Content).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_with_a_NUL_is_refused(string name)
    {
        TextWrapper wrapper = TextWrapper.All.Single(wrapper => wrapper.Name == name);
        using var tree = new WrapperTree();
        byte[] text = wrapper.Text(tree);
        string before = tree.Look();

        Assert.Equal(wrapper.Refusal, wrapper.Call(tree, [.. text, 0]));
        Assert.Equal(wrapper.Refusal, wrapper.Call(tree, [.. text, 0, .. "more"u8]));
        Assert.Equal(wrapper.Refusal, wrapper.Call(tree, [0, .. text]));
        Assert.Equal(before, tree.Look());

        // Without it, the same text is answered by the kernel, and with something else.
        Assert.NotEqual(wrapper.Refusal, wrapper.Call(tree, text));
    }
}
