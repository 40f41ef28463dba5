using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Eco.Tests.Architecture;

/// <summary>What a compiled assembly refers to, read from its metadata without loading it.</summary>
internal sealed class AssemblyScan : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public AssemblyScan(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    /// <summary>Simple names of referenced assemblies.</summary>
    public IEnumerable<string> References() =>
        _metadata.AssemblyReferences.Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name));

    /// <summary>Full names of types of other assemblies that are used.</summary>
    public IEnumerable<string> TypesUsed() => _metadata.TypeReferences.Select(NameOf);

    /// <summary>Members of types of other assemblies that are used, as <c>Namespace.Type.Member</c>.</summary>
    public IEnumerable<string> MembersUsed()
    {
        foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
        {
            MemberReference member = _metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                yield return $"{NameOf((TypeReferenceHandle)member.Parent)}.{_metadata.GetString(member.Name)}";
            }
        }
    }

    /// <summary>Methods with an attribute, as <c>Type.Method</c>.</summary>
    public IEnumerable<string> MethodsWith(params string[] attributes)
    {
        foreach (MethodDefinitionHandle handle in _metadata.MethodDefinitions)
        {
            MethodDefinition method = _metadata.GetMethodDefinition(handle);
            if (method.GetCustomAttributes().Any(attribute => attributes.Contains(AttributeName(attribute))))
            {
                TypeDefinition owner = _metadata.GetTypeDefinition(method.GetDeclaringType());
                yield return $"{_metadata.GetString(owner.Name)}.{_metadata.GetString(method.Name)}";
            }
        }
    }

    /// <summary>Documentation ids (<c>T:...</c>) of types that other assemblies can see.</summary>
    public IEnumerable<string> VisibleTypes() =>
        _metadata.TypeDefinitions.Where(IsVisible).Select(handle => "T:" + NameOf(handle));

    public void Dispose() => _file.Dispose();

    private bool IsVisible(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        return (type.Attributes & System.Reflection.TypeAttributes.VisibilityMask) switch
        {
            System.Reflection.TypeAttributes.Public => true,
            System.Reflection.TypeAttributes.NestedPublic => IsVisible(type.GetDeclaringType()),
            _ => false,
        };
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        string name = _metadata.GetString(type.Name);
        string space = _metadata.GetString(type.Namespace);
        return type.IsNested ? $"{NameOf(type.GetDeclaringType())}.{name}" : space.Length == 0 ? name : $"{space}.{name}";
    }

    private string NameOf(TypeReferenceHandle handle)
    {
        TypeReference type = _metadata.GetTypeReference(handle);
        string name = _metadata.GetString(type.Name);
        string space = _metadata.GetString(type.Namespace);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf((TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : space.Length == 0 ? name : $"{space}.{name}";
    }

    private string AttributeName(CustomAttributeHandle handle)
    {
        EntityHandle constructor = _metadata.GetCustomAttribute(handle).Constructor;
        return constructor.Kind == HandleKind.MemberReference
            && _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } parent
            ? NameOf((TypeReferenceHandle)parent)
            : "";
    }
}
