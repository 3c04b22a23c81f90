namespace Overlay2.Storage.Mounts;

/// <summary>Gets the lines of a mountinfo text one after the other.</summary>
/// <param name="line">A reader whose current line is the one to handle. Its fields are views of a buffer that is used again:
/// copy what is to be kept.</param>
public delegate void MountInfoHandler(scoped in MountInfoReader line);
