using System.Collections.Immutable;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Models;

/// <summary>The versions of one ION's models.</summary>
/// <param name="Versions">The last version given, by model name.</param>
/// <param name="Pending">Registrations whose bytes are being stored, in order.</param>
/// <param name="Hashes">The hash of each version that may still be decided about: the newest <see cref="MaximumRemembered"/> by name.</param>
public sealed record ModelRegistryState(
    ImmutableSortedDictionary<string, long> Versions,
    ImmutableArray<RegisterModel> Pending,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<long, string>> Hashes)
{
    /// <summary>So many versions of a name are kept in memory; the timeline has all.</summary>
    public const int MaximumRemembered = 200;

    /// <summary>Before any event.</summary>
    public static ModelRegistryState Empty { get; } = new(
        ImmutableSortedDictionary<string, long>.Empty,
        [],
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<long, string>>.Empty);

    /// <summary>Decides on a command.</summary>
    public Decision Decide(object command) => command switch
    {
        // Whatever name it came under: bytes that ride along are stored, and asked for, by their own. An artefact's name was verified when it was taken.
        RegisterModel register => Decision.Of(new ModelSubmitted(
            register.Model.Content is { } content ? register with { Model = register.Model with { Hash = ModelReference.HashOf(content) } } : register)),
        ArtifactKept kept => Complete(kept.Hash),
        MarkModel mark => Decision.Of(new ModelMarked(
            mark.Name, mark.Version, Hashes.GetValueOrDefault(mark.Name)?.GetValueOrDefault(mark.Version) ?? string.Empty, mark.State)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of a model registry"),
    };

    /// <summary>The state after an event.</summary>
    public ModelRegistryState Apply(object @event) => @event switch
    {
        ModelSubmitted e => this with { Pending = Pending.Add(e.Request) },
        ModelAdded e => this with
        {
            Versions = Versions.SetItem(e.Model.Name, e.Model.Version),
            Pending = Pending.RemoveAt(0),
            Hashes = Hashes.SetItem(e.Model.Name, Remember(Hashes.GetValueOrDefault(e.Model.Name), e.Model)),
        },
        _ => this,
    };

    private Decision Complete(string hash)
    {
        // Bytes are stored in the order of the requests; an outcome of an earlier run of the actor may come twice.
        if (Pending.IsEmpty || Pending[0].Model.Hash != hash)
        {
            return Decision.Nothing;
        }

        RegisterModel request = Pending[0];
        ModelReference model = request.Model with { Version = Versions.GetValueOrDefault(request.Model.Name) + 1 };
        return Decision.Of(new ModelAdded(request.Requester, model, request.Parents)).Send(request.Requester, new ModelRegistered(model));
    }

    private static ImmutableSortedDictionary<long, string> Remember(ImmutableSortedDictionary<long, string>? known, ModelReference model)
    {
        ImmutableSortedDictionary<long, string> next =
            (known ?? ImmutableSortedDictionary<long, string>.Empty).SetItem(model.Version, model.Hash);
        return next.Count > MaximumRemembered ? next.Remove(next.Keys.First()) : next;
    }
}

/// <summary>To the registry, from itself: the bytes of a pending registration are stored.</summary>
public sealed record ArtifactKept(string Hash);
