namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A place of a host that a snapshot takes text from.</summary>
/// <param name="Label">For the message of a failure.</param>
/// <param name="Takes">The kinds of forms that can be written there.</param>
/// <param name="Plant">Writes the secret into the host.</param>
internal sealed record SecretPlace(string Label, SecretKinds Takes, Action<PlantedHost, PlantedSecret> Plant);
