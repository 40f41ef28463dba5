using Eco.Actors;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>A transaction that has become durable. Its events are decoded once, for all oracles that want to know them.</summary>
/// <param name="database">Whose journal: an agent's name, or the servers'.</param>
/// <param name="request">The transaction.</param>
internal sealed class JournalCommit(string database, AppendRequest request)
{
    private object[]? _events;

    public string Database => database;

    public AppendRequest Request => request;

    public string Entity => request.PersistenceId;

    /// <summary>The events as objects.</summary>
    public object[] Events => _events ??= Decode();

    private object[] Decode()
    {
        var events = new object[request.Events.Length];
        for (int i = 0; i < events.Length; i++)
        {
            JournalEvent e = request.Events[i];
            events[i] = EcoManifests.Registry.Decode(e.Manifest, e.Payload);
        }

        return events;
    }
}
