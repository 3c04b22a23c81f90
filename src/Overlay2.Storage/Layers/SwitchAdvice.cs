namespace Overlay2.Storage.Layers;

/// <summary>A mount option that would let a failing operation succeed, and what it costs.</summary>
/// <param name="Option">The option, such as <c>redirect_dir=on</c>.</param>
/// <param name="Price">What it costs, in a sentence or two.</param>
public sealed record SwitchAdvice(string Option, string Price);
