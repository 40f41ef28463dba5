using System.Collections.Immutable;

namespace Eco.Host.Commands;

/// <summary>Makes the named arguments of a console request; those without a value are left out.</summary>
internal static class Arguments
{
    public static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Of(params ReadOnlySpan<(string Name, string? Value)> pairs)
    {
        ImmutableSortedDictionary<string, string>.Builder builder = None.ToBuilder();
        foreach ((string name, string? value) in pairs)
        {
            if (value is not null)
            {
                builder.Add(name, value);
            }
        }

        return builder.ToImmutable();
    }
}
