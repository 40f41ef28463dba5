using Eco.Engines.Abstractions;
using Eco.Engines.Data;

namespace Eco.Engines.Online.Components;

/// <summary>
/// One component of a running pipeline. A step is called only when everything that feeds it inside the pipeline brought something.
/// All state that later steps depend on goes through <see cref="Save"/> and <see cref="Load"/>.
/// </summary>
internal abstract class OnlineComponent(ComponentSetup setup) : IDisposable
{
    public string Name { get; } = setup.Name;

    /// <summary>Whether a source has nothing more to give.</summary>
    public virtual bool IsExhausted => false;

    public abstract void Step(StepScope scope);

    /// <summary>Takes a model that came over an ION link.</summary>
    public virtual void Accept(ModelArtifact model)
        => throw new PipelineException($"component '{Name}' takes no model; link to one with a model input, such as train.kmeans or infer.anomaly");

    public virtual void Save(StateWriter writer)
    {
    }

    public virtual void Load(ref StateReader reader)
    {
    }

    public virtual void Dispose()
    {
    }
}
