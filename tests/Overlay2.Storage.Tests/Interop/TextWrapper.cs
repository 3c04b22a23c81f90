using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>A text that a wrapper of a native call takes.</summary>
/// <param name="Name">The method of <see cref="LibC"/> with the names of its parameters, and the name of the text.</param>
/// <param name="Refusal">The error if the text holds a NUL.</param>
/// <param name="Text">A text that the kernel would take, or answer with another error: what a wrapper would come to that let the NUL pass.</param>
/// <param name="Call">Calls it with the text.</param>
internal sealed record TextWrapper(string Name, Errno Refusal, Func<WrapperTree, byte[]> Text, TextWrapper.TextCall Call)
{
    public delegate Errno TextCall(WrapperTree tree, ReadOnlySpan<byte> text);

    /// <summary>Bytes that are no text: they may hold a NUL.</summary>
    public static IReadOnlyList<string> Content { get; } =
        ["WriteAll(file, content).content", "SetExtendedAttribute(file, name, value).value", "SetExtendedAttribute(path, name, value).value"];

    /// <summary>All texts of all wrappers.</summary>
    public static IReadOnlyList<TextWrapper> All { get; } =
    [
        new("TryOpen(path, flags, file, error).path", Errno.ENOENT, Path("file"), (t, text) => { LibC.TryOpen(text, 0, out var file, out Errno e); return Closed(file, e); }),
        new("TryOpenAt(directory, path, flags, file, error).path", Errno.ENOENT, Word("file"), (t, text) => { LibC.TryOpenAt(t.Root, text, 0, out var file, out Errno e); return Closed(file, e); }),
        new("TryOpenAt(directory, path, flags, mode, file, error).path", Errno.ENOENT, Word("new"),
            (t, text) => { LibC.TryOpenAt(t.Root, text, OpenFlags.Create | OpenFlags.WriteOnly, 0x180, out var file, out Errno e); return Closed(file, e); }),
        new("TryOpenAt2(directory, path, flags, resolve, file, error).path", Errno.ENOENT, Word("file"),
            (t, text) => { LibC.TryOpenAt2(t.Root, text, 0, ResolveFlags.None, out var file, out Errno e); return Closed(file, e); }),
        new("StartProgram(file, arguments, environment, streams, closed, processId).file", Errno.ENOENT, Path("file"),
            (t, text) => LibC.StartProgram(text, ["file"u8.ToArray()], [], [t.File, t.File, t.File], [], out _)),
        new("MakeDirectory(path, mode).path", Errno.ENOENT, Path("new"), (t, text) => LibC.MakeDirectory(text, 0x1C0)),
        new("MakeDirectory(directory, path, mode).path", Errno.ENOENT, Word("new"), (t, text) => LibC.MakeDirectory(t.Root, text, 0x1C0)),
        new("MakeNode(path, mode, device).path", Errno.ENOENT, Path("new"), (t, text) => LibC.MakeNode(text, 0x11A4, 0)),
        new("MakeLink(directory, name, target).name", Errno.ENOENT, Word("new"), (t, text) => LibC.MakeLink(t.Root, text, "target"u8)),
        new("MakeLink(directory, name, target).target", Errno.ENOENT, Word("target"), (t, text) => LibC.MakeLink(t.Root, "new"u8, text)),
        new("TryReadLink(directory, path, target, error).path", Errno.ENOENT, Word("link"), (t, text) => { LibC.TryReadLink(t.Root, text, out _, out Errno e); return e; }),
        new("Rename(directory, from, to).from", Errno.ENOENT, Word("file"), (t, text) => LibC.Rename(t.Root, text, "new"u8)),
        new("Rename(directory, from, to).to", Errno.ENOENT, Word("new"), (t, text) => LibC.Rename(t.Root, "file"u8, text)),
        new("Rename(from, to, flags).from", Errno.ENOENT, Path("file"), (t, text) => LibC.Rename(text, t.Path("new"), 0)),
        new("Rename(from, to, flags).to", Errno.ENOENT, Path("new"), (t, text) => LibC.Rename(t.Path("file"), text, 0)),
        new("Rename(fromDirectory, from, toDirectory, to, flags).from", Errno.ENOENT, Word("file"), (t, text) => LibC.Rename(t.Root, text, t.Root, "new"u8, 0)),
        new("Rename(fromDirectory, from, toDirectory, to, flags).to", Errno.ENOENT, Word("new"), (t, text) => LibC.Rename(t.Root, "file"u8, t.Root, text, 0)),
        new("Remove(directory, name, isDirectory).name", Errno.ENOENT, Word("file"), (t, text) => LibC.Remove(t.Root, text, isDirectory: false)),
        new("Remove(path, isDirectory).path", Errno.ENOENT, Path("empty"), (t, text) => LibC.Remove(text, isDirectory: true)),
        new("TryStatx(directory, path, flags, mask, status, error).path", Errno.ENOENT, Word("file"),
            (t, text) => { LibC.TryStatx(t.Root, text, 0, StatusMask.Basic, out _, out Errno e); return e; }),
        new("TryGetFileHandle(path, type, handle, error).path", Errno.ENOENT, Path("file"), (t, text) => { LibC.TryGetFileHandle(text, out _, out _, out Errno e); return e; }),
        new("TryGetFileHandle(file, name, type, handle, error).name", Errno.ENOENT, Word("file"), (t, text) => { LibC.TryGetFileHandle(t.Root, text, out _, out _, out Errno e); return e; }),
        new("TryListExtendedAttributes(path, names, error).path", Errno.ENOENT, Path("file"), (t, text) => { LibC.TryListExtendedAttributes(text, out _, out Errno e); return e; }),
        new("TryGetExtendedAttribute(file, name, value, error).name", Errno.ENODATA, Word("user.there"),
            (t, text) => { LibC.TryGetExtendedAttribute(t.File, text, out _, out Errno e); return e; }),
        new("TryGetExtendedAttribute(path, name, value, error).path", Errno.ENOENT, Path("file"),
            (t, text) => { LibC.TryGetExtendedAttribute(text, "user.there"u8, out _, out Errno e); return e; }),
        new("TryGetExtendedAttribute(path, name, value, error).name", Errno.ENOENT, Word("user.there"),
            (t, text) => { LibC.TryGetExtendedAttribute(t.Path("file"), text, out _, out Errno e); return e; }),
        new("TryGetExtendedAttribute(path, name, value, length, error).path", Errno.ENOENT, Path("file"),
            (t, text) => { LibC.TryGetExtendedAttribute(text, "user.there"u8, new byte[8], out _, out Errno e); return e; }),
        new("TryGetExtendedAttribute(path, name, value, length, error).name", Errno.ENOENT, Word("user.there"),
            (t, text) => { LibC.TryGetExtendedAttribute(t.Path("file"), text, new byte[8], out _, out Errno e); return e; }),
        new("SetExtendedAttribute(file, name, value).name", Errno.EINVAL, Word("user.new"), (t, text) => LibC.SetExtendedAttribute(t.File, text, "1"u8)),
        new("SetExtendedAttribute(path, name, value).path", Errno.ENOENT, Path("file"), (t, text) => LibC.SetExtendedAttribute(text, "user.new"u8, "1"u8)),
        new("SetExtendedAttribute(path, name, value).name", Errno.ENOENT, Word("user.new"), (t, text) => LibC.SetExtendedAttribute(t.Path("file"), text, "1"u8)),
        new("ChangeLinkOwner(directory, name, user, group).name", Errno.ENOENT, Word("link"), (t, text) => LibC.ChangeLinkOwner(t.Root, text, uint.MaxValue, uint.MaxValue)),
        new("Mount(source, target, type, flags, data).source", Errno.EINVAL, Word("none"), (t, text) => LibC.Mount(text, t.Path("empty"), "no-such-type"u8, MountFlags.None, default)),
        new("Mount(source, target, type, flags, data).target", Errno.EINVAL, Path("empty"), (t, text) => LibC.Mount("none"u8, text, "no-such-type"u8, MountFlags.None, default)),
        new("Mount(source, target, type, flags, data).type", Errno.EINVAL, Word("no-such-type"), (t, text) => LibC.Mount("none"u8, t.Path("empty"), text, MountFlags.None, default)),
        new("Mount(source, target, type, flags, data).data", Errno.EINVAL, Word("size=1m"), (t, text) => LibC.Mount("none"u8, t.Path("empty"), "no-such-type"u8, MountFlags.None, text)),
        new("Unmount(target, flags).target", Errno.ENOENT, Path("empty"), (t, text) => LibC.Unmount(text, UnmountFlags.None)),
        new("TryCloneMount(path, tree, error).path", Errno.ENOENT, Path("empty"), (t, text) => { LibC.TryCloneMount(text, out var file, out Errno e); return Closed(file, e); }),
        new("AttachMount(tree, path).path", Errno.ENOENT, Path("empty"), (t, text) => LibC.AttachMount(t.Closed, text)),
        new("TryOpenFileSystem(type, context, error).type", Errno.EINVAL, Word("tmpfs"), (t, text) => { LibC.TryOpenFileSystem(text, out var file, out Errno e); return Closed(file, e); }),
        new("SetText(context, key, value).key", Errno.EINVAL, Word("size"), (t, text) => LibC.SetText(t.Closed, text, "1m"u8)),
        new("SetText(context, key, value).value", Errno.EINVAL, Word("1m"), (t, text) => LibC.SetText(t.Closed, "size"u8, text)),
        new("SetFlag(context, key).key", Errno.EINVAL, Word("ro"), (t, text) => LibC.SetFlag(t.Closed, text)),
        new("SetFile(context, key, file).key", Errno.EINVAL, Word("lowerdir+"), (t, text) => LibC.SetFile(t.Closed, text, t.Root)),
    ];

    private static Func<WrapperTree, byte[]> Path(string name) => tree => tree.Path(name);

    private static Func<WrapperTree, byte[]> Word(string word) => _ => System.Text.Encoding.UTF8.GetBytes(word);

    private static Errno Closed(SafeFileHandle file, Errno error)
    {
        file.Dispose();
        return error;
    }
}
