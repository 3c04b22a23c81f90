namespace Overlay2.Storage.Repair;

public sealed partial record RepairPlan
{
    /// <summary>The plan as a script for a POSIX shell, with comments, and with the same conditions checked before and after each step.</summary>
    /// <remarks>
    /// It needs the programs umount, mount, mkdir, rmdir, cp, mv, rm, cat, head, tail, grep and awk, and <c>/proc/self/mountinfo</c>. It has no journal and undoes nothing: the executor is
    /// to be preferred. Printable ASCII throughout; every path is quoted, whatever bytes it holds. Steps in other mount namespaces, steps of the engine, and
    /// changes of files that hold secrets, which no plan holds, are comments, and the script ends there with 1.
    /// </remarks>
    public string ToShellScript() => PlanScript.Write(this);
}
