namespace Overlay2.Storage.Configuration;

/// <summary>A word of a command line, and where it was written.</summary>
internal readonly record struct CommandWord(byte[] Text, ConfigurationSource Source);
