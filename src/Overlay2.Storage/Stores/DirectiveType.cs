namespace Overlay2.Storage.Stores;

/// <summary>What value a directive takes.</summary>
internal enum DirectiveType
{
    Text,
    Switch,
    Number,

    /// <summary>A list of text; its flag may be repeated.</summary>
    List,

    /// <summary>An object; its flag may be repeated.</summary>
    Map,

    /// <summary>Anything: its type is not checked here.</summary>
    Other,
}
