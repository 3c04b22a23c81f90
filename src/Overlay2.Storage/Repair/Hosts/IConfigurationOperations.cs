using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>What the engine and the kernel's overlay module of a machine are told.</summary>
internal interface IConfigurationOperations
{
    /// <summary>A file that the engine's configuration is read from, as a snapshot shows it: without secrets.</summary>
    /// <param name="path">The file, below the host's root.</param>
    /// <exception cref="IOException">The configuration cannot be read.</exception>
    ConfigurationFileContent ReadConfiguration(BytePath path);

    /// <summary>Gives such a file another content, or makes or removes it; the old one is kept beside it, and no other file is written.</summary>
    /// <param name="path">The file, below the host's root.</param>
    /// <param name="original">What it must hold, as a snapshot shows it; <see langword="null"/> if it must not be there.</param>
    /// <param name="content">What it will hold, as a snapshot shows it; <see langword="null"/> to remove it.</param>
    HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content);

    /// <summary>A parameter of the kernel's overlay module; <see langword="null"/> if it is not known.</summary>
    /// <param name="parameter">Its name, such as <c>redirect_dir</c>.</param>
    string? ReadModuleParameter(string parameter);

    /// <summary>Sets a parameter of the kernel's overlay module until the next boot.</summary>
    /// <param name="parameter">Its name, such as <c>redirect_dir</c>.</param>
    /// <param name="from">What it must be.</param>
    /// <param name="to">What it will be.</param>
    HostResult SetModuleParameter(string parameter, string from, string to);
}
