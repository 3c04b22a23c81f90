namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A way to write a secret.</summary>
/// <param name="Label">For the message of a failure.</param>
/// <param name="Kind">What a place has to take to hold it.</param>
/// <param name="Alphabet">What the token is made of.</param>
/// <param name="Write">The text, from a name that tells of the secret and the token.</param>
internal sealed record SecretForm(string Label, SecretKinds Kind, string Alphabet, Func<string, string, string> Write);
