namespace Overlay2.Storage.Configuration;

/// <summary>A configuration file cannot be read as what it should be.</summary>
public sealed class ConfigurationFormatException : FormatException
{
    /// <summary>Makes the error of a place.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="byteOffset">The offset in the file, in bytes.</param>
    /// <param name="reason">What is wrong there.</param>
    public ConfigurationFormatException(int line, int byteOffset, string reason)
        : this(line, byteOffset, reason, inner: null)
    {
    }

    /// <summary>Makes the error of a place.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="byteOffset">The offset in the file, in bytes.</param>
    /// <param name="reason">What is wrong there.</param>
    /// <param name="inner">The error below.</param>
    public ConfigurationFormatException(int line, int byteOffset, string reason, Exception? inner)
        : base($"line {line}, byte {byteOffset}: {reason}", inner)
    {
        Line = line;
        ByteOffset = byteOffset;
        Reason = reason;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The offset in the file, in bytes.</summary>
    public int ByteOffset { get; }

    /// <summary>What is wrong there.</summary>
    public string Reason { get; }
}
