namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A value that a support engineer has to see, beside secrets that he may not see.</summary>
/// <param name="Text">What has to be in the snapshot's file.</param>
/// <param name="Plant">Writes it into the host.</param>
internal sealed record HarmlessValue(string Text, Action<PlantedHost> Plant);
