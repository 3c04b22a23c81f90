namespace Overlay2.Storage.Repair;

public sealed partial record RepairPlan
{
    /// <summary>The plan as a script for a POSIX shell, with comments, and with the same conditions checked before and after each step.</summary>
    /// <remarks>
    /// It needs the programs umount, mount, mktemp, mkdir, rmdir, cp, ln, mv, rm, chown, chmod, sync, cat, cmp, head, tail, readlink, stat and awk, for some steps also cut, lsattr and chattr, and <c>/proc/self</c>.
    /// Those of busybox will do, but lose the extended attributes of files that are replaced, and remove nothing for good. Directories that it makes get none.
    /// It has no journal and undoes nothing: the executor is to be preferred. Printable ASCII throughout; every path is quoted, whatever bytes it holds. What no script can do or test (steps and conditions of the
    /// engine or in other mount namespaces, changes of files that hold secrets, which no plan holds) is a comment with the reason, and the script ends there with 1.
    /// </remarks>
    public string ToShellScript() => PlanScript.Write(this);
}
