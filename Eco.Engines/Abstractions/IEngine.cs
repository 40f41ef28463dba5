using System.Collections.Immutable;

namespace Eco.Engines.Abstractions;

/// <summary>
/// An analytic engine: makes pipelines from specifications. The protocol knows nothing engine-specific (ECO, section 4.4); an agent
/// talks to each engine in the same way.
/// </summary>
public interface IEngine
{
    /// <summary>The name under which IONs ask for it, such as <c>online</c>.</summary>
    string Name { get; }

    /// <summary>The component types that it offers.</summary>
    ImmutableArray<ComponentDescriptor> Components { get; }

    /// <summary>Builds a pipeline, ready for its first step.</summary>
    /// <exception cref="PipelineException">The specification cannot be run here: unknown component, missing file, wrong shape.</exception>
    IPipeline Create(PipelineSpec spec, PipelineContext context);
}

/// <summary>Where a pipeline runs and what it may use.</summary>
/// <param name="AgentId">The agent that runs it.</param>
/// <param name="Seed">All chance in the pipeline comes from this seed.</param>
/// <param name="Labels">The agent's labels; a setting may refer to one, so that one ION serves unequal agents.</param>
/// <param name="DataRoot">The folder that relative data files are looked up in.</param>
public sealed record PipelineContext(
    string AgentId,
    ulong Seed,
    ImmutableSortedDictionary<string, string> Labels,
    string DataRoot);

/// <summary>
/// A running pipeline. Not safe for use by several threads; the engine host calls it from one at a time. Deterministic: the same
/// specification, context, checkpoint, models and number of steps give the same results.
/// </summary>
public interface IPipeline : IDisposable
{
    /// <summary>
    /// Takes one step. A streaming pipeline reads the next batch of its source; a merge pipeline works on the models in
    /// <paramref name="input"/>.
    /// </summary>
    /// <exception cref="PipelineException">The step failed; the pipeline is to be relaunched from its last checkpoint.</exception>
    StepResult Step(StepInput input);

    /// <summary>Replaces or blends a component's model with one that arrived over an ION link.</summary>
    /// <param name="component">The component whose input port takes the model.</param>
    /// <param name="model">The model; a kind or shape that does not fit is refused and the present model stays.</param>
    /// <exception cref="PipelineException">The model is refused.</exception>
    void SwapModel(string component, ModelArtifact model);

    /// <summary>All state from which <see cref="Restore"/> goes on with the very same results, as bytes.</summary>
    byte[] Checkpoint();

    /// <summary>Goes back to a checkpoint of the same specification.</summary>
    /// <exception cref="PipelineException">The checkpoint belongs to another specification or version, or is damaged.</exception>
    void Restore(ReadOnlySpan<byte> checkpoint);
}

/// <summary>What a step works on, beside the pipeline's own sources.</summary>
/// <param name="Models">For each component with a model input that is fed over ION links: the models, in a fixed order.</param>
public sealed record StepInput(ImmutableSortedDictionary<string, ImmutableArray<ModelArtifact>> Models)
{
    /// <summary>No input beside the pipeline's own sources.</summary>
    public static StepInput Empty { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<ModelArtifact>>.Empty);
}

/// <summary>What a step brought.</summary>
/// <param name="Rows">Rows read from sources.</param>
/// <param name="RawBytes">Their size as raw data, in bytes (what it would cost to ship them).</param>
/// <param name="Finished">Whether the sources are exhausted; a further step does nothing.</param>
/// <param name="Statistics">Named numbers, all finite: <c>component.metric</c>.</param>
/// <param name="Models">Models that are due to be emitted, with the component that made each.</param>
/// <param name="Notices">Events and alerts, with the component that raised each.</param>
public sealed record StepResult(
    int Rows,
    long RawBytes,
    bool Finished,
    ImmutableSortedDictionary<string, double> Statistics,
    ImmutableArray<EmittedModel> Models,
    ImmutableArray<EmittedNotice> Notices);

/// <summary>A model that a component emits.</summary>
/// <param name="Component">The component.</param>
/// <param name="Model">The model.</param>
public sealed record EmittedModel(string Component, ModelArtifact Model);

/// <summary>An event or alert that a component emits.</summary>
/// <param name="Component">The component.</param>
/// <param name="Kind"><see cref="PortType.Event"/> or <see cref="PortType.Alert"/>.</param>
/// <param name="Text">One line.</param>
public sealed record EmittedNotice(string Component, PortType Kind, string Text);

/// <summary>A model as bytes that can be stored, named by hash and sent.</summary>
/// <param name="Kind">Learner and format version, such as <c>kmeans/1</c>.</param>
/// <param name="Content">Little-endian bytes; the format is the learner's.</param>
/// <param name="Weight">How much data stands behind it, in the learner's own measure (decayed rows, for instance); finite, not negative.</param>
public sealed record ModelArtifact(string Kind, byte[] Content, double Weight);

/// <summary>A pipeline cannot be made, stepped or changed; the message says what is wrong and what would be right.</summary>
public sealed class PipelineException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where, and what would be right.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public PipelineException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
