using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online;

/// <summary>
/// Makes the components of a specification, in an order in which each comes after those that feed it. The ION language has checked the graph before;
/// the engine relies on nothing, and reports everything that is wrong in one message.
/// </summary>
internal static class PipelineAssembly
{
    public static ImmutableArray<(ComponentSpec Spec, OnlineComponent Component)> Assemble(PipelineSpec spec, PipelineContext context)
    {
        List<string> errors = [];
        Dictionary<string, ComponentDescriptor> descriptors = new(StringComparer.Ordinal);
        foreach (ComponentSpec component in spec.Components)
        {
            if (!ComponentCatalogue.ByName.TryGetValue(component.Type, out ComponentType? type))
            {
                errors.Add($"component '{component.Name}': the online engine has no type '{component.Type}'; it has {string.Join(", ", ComponentCatalogue.All.Select(t => t.Descriptor.Type))}");
            }
            else if (!descriptors.TryAdd(component.Name, type.Descriptor))
            {
                errors.Add($"component '{component.Name}' is there twice");
            }
            else
            {
                CheckSettings(component, type.Descriptor, errors);
            }
        }

        if (spec.Components.IsEmpty)
        {
            errors.Add("the pipeline has no components");
        }

        foreach (ComponentSpec component in spec.Components.Where(c => descriptors.ContainsKey(c.Name)))
        {
            CheckInputs(component, descriptors, errors);
        }

        ImmutableArray<ComponentSpec> ordered = errors.Count == 0 ? Order(spec, errors) : [];
        ImmutableArray<(ComponentSpec, OnlineComponent)> made = errors.Count == 0 ? Make(ordered, context, errors) : [];
        return errors.Count == 0 ? made : throw new PipelineException(string.Join("; ", errors));
    }

    private static void CheckSettings(ComponentSpec component, ComponentDescriptor descriptor, List<string> errors)
    {
        foreach (string name in component.Settings.Keys.Where(key => descriptor.Settings.All(s => s.Name != key)))
        {
            errors.Add($"component '{component.Name}' ({descriptor.Type}) has no setting '{name}'; it has {string.Join(", ", descriptor.Settings.Select(s => s.Name))}");
        }
    }

    private static void CheckInputs(ComponentSpec component, Dictionary<string, ComponentDescriptor> descriptors, List<string> errors)
    {
        ComponentDescriptor descriptor = descriptors[component.Name];
        foreach ((string port, PortReference source) in component.Inputs)
        {
            PortDescriptor? input = descriptor.Inputs.FirstOrDefault(p => p.Name == port);
            PortDescriptor? output = descriptors.GetValueOrDefault(source.Component)?.Outputs.FirstOrDefault(p => p.Name == source.Port);
            if (input is null)
            {
                errors.Add($"component '{component.Name}' ({descriptor.Type}) has no input '{port}'");
            }
            else if (output is null)
            {
                errors.Add($"component '{component.Name}': there is no output '{source}' to feed its input '{port}'");
            }
            else if (output.Type != input.Type)
            {
                errors.Add($"component '{component.Name}': its input '{port}' takes {input.Type}, '{source}' gives {output.Type}");
            }
        }

        // A model may come over an ION link instead, which the engine does not see.
        foreach (PortDescriptor missing in descriptor.Inputs.Where(p => p.Required && p.Type != PortType.Model && !component.Inputs.ContainsKey(p.Name)))
        {
            errors.Add($"component '{component.Name}' ({descriptor.Type}): nothing feeds its input '{missing.Name}'");
        }
    }

    private static ImmutableArray<ComponentSpec> Order(PipelineSpec spec, List<string> errors)
    {
        var ordered = ImmutableArray.CreateBuilder<ComponentSpec>();
        List<ComponentSpec> waiting = [.. spec.Components];
        HashSet<string> placed = new(StringComparer.Ordinal);
        while (waiting.Count > 0)
        {
            ComponentSpec? next = waiting.Find(c => c.Inputs.Values.All(source => placed.Contains(source.Component)));
            if (next is null)
            {
                errors.Add($"the components {string.Join(", ", waiting.Select(c => $"'{c.Name}'"))} feed each other in a circle");
                return [];
            }

            waiting.Remove(next);
            placed.Add(next.Name);
            ordered.Add(next);
        }

        return ordered.ToImmutable();
    }

    private static ImmutableArray<(ComponentSpec Spec, OnlineComponent Component)> Make(
        ImmutableArray<ComponentSpec> ordered, PipelineContext context, List<string> errors)
    {
        var made = ImmutableArray.CreateBuilder<(ComponentSpec, OnlineComponent)>();
        foreach (ComponentSpec component in ordered)
        {
            ComponentType type = ComponentCatalogue.ByName[component.Type];
            try
            {
                made.Add((component, type.Create(new ComponentSetup(component, type.Descriptor, context))));
            }
            catch (PipelineException error)
            {
                errors.Add(error.Message);
            }
        }

        if (errors.Count > 0)
        {
            foreach ((ComponentSpec _, OnlineComponent component) in made)
            {
                component.Dispose();
            }
        }

        return made.ToImmutable();
    }
}
