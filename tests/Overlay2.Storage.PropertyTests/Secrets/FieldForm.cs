namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A way in which people write a secret on hosts with containers.</summary>
/// <param name="Label">For the message of a failure.</param>
/// <param name="Kind">What a place has to take to hold it.</param>
/// <param name="Make">The secret, with words of its own.</param>
internal sealed record FieldForm(string Label, SecretKinds Kind, Func<Random, PlantedSecret> Make)
{
    public override string ToString() => Label;
}
