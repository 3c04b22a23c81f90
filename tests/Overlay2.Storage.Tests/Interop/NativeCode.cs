using Mono.Cecil;
using Mono.Cecil.Cil;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>The code of <see cref="LibC"/>: its native functions, and what its other methods do with them.</summary>
internal sealed class NativeCode : IDisposable
{
    private readonly ModuleDefinition _module = ModuleDefinition.ReadModule(typeof(LibC).Assembly.Location);
    private readonly List<MethodDefinition> _methods;

    public NativeCode()
    {
        TypeDefinition type = _module.GetType(typeof(LibC).FullName);
        _methods = [.. type.Methods.Where(method => method.HasBody && !method.Name.StartsWith('<') && !method.IsConstructor && !IsNative(method))];
        Natives = [.. type.Methods.Where(IsNative).Select(method => method.Name).Distinct()];
    }

    /// <summary>The names of the native functions.</summary>
    public IReadOnlyList<string> Natives { get; }

    /// <summary>The methods that are called from outside, with the names of their parameters.</summary>
    public IEnumerable<string> Wrappers => _methods.Where(method => method.IsPublic).Select(Describe);

    /// <summary>Each method with a native function that it calls.</summary>
    public IEnumerable<(string Method, string Native)> NativeCalls => _methods
        .SelectMany(method => Called(method).Where(called => called.DeclaringType == method.DeclaringType && Natives.Contains(called.Name)).Select(called => (Describe(method), called.Name)));

    /// <summary>Each method with a name that it announces.</summary>
    public IEnumerable<(string Method, string Announced)> Announcements => _methods
        .SelectMany(method => method.Body.Instructions.Where(code => code.OpCode == OpCodes.Ldstr).Select(code => (Describe(method), (string)code.Operand)));

    /// <summary>Whether a method hands results to a <see cref="NativeCall"/>.</summary>
    public bool Answers(string name) => Called(_methods.Single(method => Describe(method) == name))
        .Any(called => called.DeclaringType.Name == nameof(NativeCall) && called.Name is nameof(NativeCall.Answer) or nameof(NativeCall.AnswerError));

    /// <summary>The methods called from outside that announce a name, themselves or through others.</summary>
    public IEnumerable<(string Wrapper, string Announced)> AnnouncingWrappers =>
        from method in _methods
        where method.IsPublic
        from reached in Reached(method)
        from announced in Announcements
        where announced.Method == Describe(reached)
        select (Describe(method), announced.Announced);

    /// <summary>The types of the library in which a method reads what a native call left.</summary>
    public IEnumerable<string> ReadersOfErrno => _module.GetTypes().Where(type => type.Methods.Any(method => method.HasBody && Called(method).Any(called =>
        called is { Name: "GetLastPInvokeError", DeclaringType.Name: "Marshal" } or { Name: "get_Last", DeclaringType.Name: nameof(Errno) }))).Select(type => type.Name);

    public static string Describe(string name, IEnumerable<string> parameters) => $"{name}({string.Join(", ", parameters)})";

    public void Dispose() => _module.Dispose();

    private static string Describe(MethodDefinition method) => Describe(method.Name, method.Parameters.Select(parameter => parameter.Name));

    /// <summary>A native function is known by the stub that the generator has written for it, or needs none.</summary>
    private static bool IsNative(MethodDefinition method) =>
        (method.IsPInvokeImpl && !method.Name.StartsWith('<')) || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "GeneratedCodeAttribute");

    private static IEnumerable<MethodReference> Called(MethodDefinition method) =>
        method.Body.Instructions.Select(code => code.Operand).OfType<MethodReference>();

    private static HashSet<MethodDefinition> Reached(MethodDefinition method)
    {
        var reached = new HashSet<MethodDefinition>();
        var next = new Stack<MethodDefinition>([method]);
        while (next.TryPop(out MethodDefinition? one))
        {
            if (!reached.Add(one) || !one.HasBody || IsNative(one))
                continue;
            foreach (MethodReference called in Called(one).Where(called => called.DeclaringType.FullName == method.DeclaringType.FullName))
                next.Push(called.Resolve());
        }

        return reached;
    }
}
