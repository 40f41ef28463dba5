using System.Collections.Immutable;

namespace Eco.Actors.Models;

/// <summary>What has been decided about a model version.</summary>
public enum ModelState
{
    /// <summary>Registered; no policy has decided about it.</summary>
    Candidate,

    /// <summary>Approved by an operator or a gate.</summary>
    Approved,

    /// <summary>Rejected.</summary>
    Rejected,
}

/// <summary>Node to registry, durable: give this model a version. Answered with <see cref="ModelRegistered"/>.</summary>
/// <param name="Requester">The node's entity id.</param>
/// <param name="Model">The model.</param>
/// <param name="Parents">Hashes of the models that it was made from.</param>
public sealed record RegisterModel(string Requester, ModelReference Model, ImmutableArray<string> Parents);

/// <summary>Registry to node, durable: the model with its version.</summary>
public sealed record ModelRegistered(ModelReference Model);

/// <summary>Policy node to registry, durable: a decision about a version.</summary>
public sealed record MarkModel(string Name, long Version, ModelState State);

/// <summary>Event: a version was given. The artefact's bytes were stored before.</summary>
/// <param name="Requester">Who is to be told.</param>
/// <param name="Model">The model, with its version.</param>
/// <param name="Parents">Hashes of the models that it was made from.</param>
public sealed record ModelAdded(string Requester, ModelReference Model, ImmutableArray<string> Parents);

/// <summary>Event: a decision about a version.</summary>
public sealed record ModelMarked(string Name, long Version, string Hash, ModelState State);

/// <summary>Event: a registration is asked for and waits until its bytes are stored.</summary>
public sealed record ModelSubmitted(RegisterModel Request);
