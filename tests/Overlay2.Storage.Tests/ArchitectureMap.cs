using Mono.Cecil;
using Mono.Cecil.Cil;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests;

/// <summary>Who uses whom in the library, read from its metadata and the code of its methods.</summary>
/// <remarks>The compiler puts the value of a constant where its name stood, so a use of nothing but constants leaves no trace.</remarks>
internal static class ArchitectureMap
{
    private const string House = "Overlay2.Storage.";

    private static readonly Lazy<HashSet<ArchitectureUse>> s_uses = new(Read);

    /// <summary>Every use of one type by another.</summary>
    public static IReadOnlyCollection<ArchitectureUse> Uses => s_uses.Value;

    private static HashSet<ArchitectureUse> Read()
    {
        using var module = ModuleDefinition.ReadModule(typeof(BytePath).Assembly.Location);
        var uses = new HashSet<ArchitectureUse>();
        foreach (TypeDefinition type in module.GetTypes())
        {
            if (Place(type) is not { } user)
                continue;
            foreach (MemberReference member in MembersOf(type))
                Note(uses, user, member, module);
        }

        return uses;
    }

    private static void Note(HashSet<ArchitectureUse> uses, ArchitectureType user, MemberReference member, ModuleDefinition module)
    {
        foreach (TypeReference type in TypesOf(member))
        {
            if (type.Scope == module && type.Resolve() is { } used && Place(used) is { } place && place != user)
                uses.Add(new ArchitectureUse(user, place, IsPublic(used) ? "" : used.FullName[(used.FullName.LastIndexOf('.') + 1)..]));
        }

        IMemberDefinition? definition = member switch
        {
            MethodReference method when method.DeclaringType.GetElementType().Scope == module => method.Resolve(),
            FieldReference field when field.DeclaringType.GetElementType().Scope == module => field.Resolve(),
            _ => null,
        };
        bool isOpen = definition is MethodDefinition { IsPublic: true } or MethodDefinition { IsFamily: true } or MethodDefinition { IsFamilyOrAssembly: true }
            or FieldDefinition { IsPublic: true } or FieldDefinition { IsFamily: true } or FieldDefinition { IsFamilyOrAssembly: true };
        if (definition is null || isOpen || !IsPublic(definition.DeclaringType) || Place(definition.DeclaringType) is not { } owner || owner == user)
            return;
        string name = definition.Name;
        if (name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal))
            name = name[4..];
        uses.Add(new ArchitectureUse(user, owner, owner.Name + "." + name.TrimStart('.')));
    }

    private static IEnumerable<MemberReference> MembersOf(TypeDefinition type)
    {
        if (type.BaseType is { } parent)
            yield return parent;
        foreach (InterfaceImplementation implementation in type.Interfaces)
            yield return implementation.InterfaceType;
        foreach (TypeReference constraint in Constraints(type))
            yield return constraint;
        foreach (CustomAttribute attribute in type.CustomAttributes)
            yield return attribute.Constructor;
        foreach (FieldDefinition field in type.Fields)
            yield return field.FieldType;
        foreach (MethodDefinition method in type.Methods)
        {
            foreach (TypeReference part in Signature(method).Concat(Constraints(method)))
                yield return part;
            if (!method.HasBody)
                continue;
            foreach (VariableDefinition variable in method.Body.Variables)
                yield return variable.VariableType;
            foreach (ExceptionHandler handler in method.Body.ExceptionHandlers.Where(static handler => handler.CatchType is not null))
                yield return handler.CatchType;
            foreach (Instruction instruction in method.Body.Instructions)
            {
                if (instruction.Operand is MemberReference operand)
                    yield return operand;
            }
        }
    }

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider owner) =>
        owner.GenericParameters.SelectMany(static parameter => parameter.Constraints).Select(static constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        method.Parameters.Select(static parameter => parameter.ParameterType).Append(method.ReturnType);

    /// <summary>The types that a reference names, taken apart to those that have a definition.</summary>
    private static IEnumerable<TypeReference> TypesOf(MemberReference member)
    {
        var rest = new Stack<TypeReference>();
        switch (member)
        {
            case TypeReference type:
                rest.Push(type);
                break;
            case MethodReference method:
                rest.Push(method.DeclaringType);
                foreach (TypeReference part in Signature(method))
                    rest.Push(part);
                if (method is GenericInstanceMethod generic)
                {
                    foreach (TypeReference argument in generic.GenericArguments)
                        rest.Push(argument);
                }

                break;
            case FieldReference field:
                rest.Push(field.DeclaringType);
                rest.Push(field.FieldType);
                break;
        }

        while (rest.TryPop(out TypeReference? next))
        {
            if (next is GenericInstanceType instance)
            {
                foreach (TypeReference argument in instance.GenericArguments)
                    rest.Push(argument);
            }

            if (next is TypeSpecification specification)
                rest.Push(specification.ElementType);
            else if (next is not GenericParameter)
                yield return next;
        }
    }

    /// <summary>Where a type lives; <see langword="null"/> for what the compiler puts outside the house.</summary>
    private static ArchitectureType? Place(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        if (!type.Namespace.StartsWith(House, StringComparison.Ordinal))
            return null;
        string[] parts = type.Namespace[House.Length..].Split('.', 2);
        return new ArchitectureType(parts[0], parts.Length > 1 ? parts[1] : "", type.Name);
    }

    private static bool IsPublic(TypeDefinition type)
    {
        for (; type.IsNested; type = type.DeclaringType)
        {
            if (!type.IsNestedPublic && !type.IsNestedFamily && !type.IsNestedFamilyOrAssembly)
                return false;
        }

        return type.IsPublic;
    }
}
