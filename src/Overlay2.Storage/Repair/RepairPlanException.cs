namespace Overlay2.Storage.Repair;

/// <summary>A text is no plan, or not one that may be carried out.</summary>
public sealed class RepairPlanException : FormatException
{
    internal RepairPlanException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
