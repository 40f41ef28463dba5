using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online;

/// <summary>Components that step one after the other, each after those that feed it.</summary>
internal sealed class OnlinePipeline(PipelineSpec spec, ImmutableArray<(ComponentSpec Spec, OnlineComponent Component)> components) : IPipeline
{
    public StepResult Step(StepInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (string name in input.Models.Keys)
        {
            _ = Find(name);
        }

        StepOutcome outcome = new();
        foreach ((ComponentSpec spec, OnlineComponent component) in components)
        {
            ImmutableArray<ModelArtifact> models = input.Models.GetValueOrDefault(spec.Name, []);
            if (!TakesMany(spec))
            {
                foreach (ModelArtifact model in models)
                {
                    component.Accept(model);
                }
            }

            if (spec.Inputs.Values.All(outcome.Values.ContainsKey))
            {
                component.Step(new StepScope(spec, models, outcome));
            }
        }

        bool hasSource = components.Any(c => c.Component is SourceComponent);
        return outcome.ToResult(hasSource && components.All(c => c.Component is not SourceComponent { IsExhausted: false }));
    }

    public void SwapModel(string component, ModelArtifact model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Find(component).Accept(model);
    }

    public byte[] Checkpoint() => PipelineCheckpoint.Write(spec, components);

    public void Restore(ReadOnlySpan<byte> checkpoint)
    {
        byte[] present = Checkpoint();
        try
        {
            PipelineCheckpoint.Read(spec, components, checkpoint);
        }
        catch (PipelineException)
        {
            PipelineCheckpoint.Read(spec, components, present); // half a checkpoint must not stay behind
            throw;
        }
    }

    public void Dispose()
    {
        foreach ((ComponentSpec _, OnlineComponent component) in components)
        {
            component.Dispose();
        }
    }

    private static bool TakesMany(ComponentSpec component) => ComponentCatalogue.ByName[component.Type].Descriptor.Inputs.Any(port => port.Many);

    private OnlineComponent Find(string name)
    {
        foreach ((ComponentSpec spec, OnlineComponent component) in components)
        {
            if (spec.Name == name)
            {
                return component;
            }
        }

        throw new PipelineException($"the pipeline has no component '{name}'; it has {string.Join(", ", components.Select(c => c.Spec.Name))}");
    }
}
