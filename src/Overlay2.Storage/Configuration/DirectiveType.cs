namespace Overlay2.Storage.Configuration;

/// <summary>What value a directive takes in the configuration file.</summary>
internal enum DirectiveType
{
    Text,
    Switch,
    Number,

    /// <summary>A list of text.</summary>
    List,

    /// <summary>A list of objects.</summary>
    ObjectList,

    /// <summary>An object of any members.</summary>
    Object,

    /// <summary>An object whose members are text.</summary>
    TextMap,

    /// <summary>An object whose members are true or false.</summary>
    SwitchMap,

    /// <summary>An object whose members are objects.</summary>
    ObjectMap,

    /// <summary>Anything: its type is not checked.</summary>
    Other,
}
