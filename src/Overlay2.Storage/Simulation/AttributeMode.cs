namespace Overlay2.Storage.Simulation;

/// <summary>What setxattr(2) expects of an attribute.</summary>
public enum AttributeMode
{
    /// <summary>It may be there or not.</summary>
    Any,

    /// <summary>It must not be there (XATTR_CREATE).</summary>
    Create,

    /// <summary>It must be there (XATTR_REPLACE).</summary>
    Replace,
}
