using System.Globalization;
using Eco.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I3: what an entity holds is what its journal says, at each crash and every thousand events; and a snapshot is the state at its number.
/// The journal's side is folded on, event by event from its bytes, so that a look costs what has happened since the last one.
/// </summary>
/// <param name="watchOf">The entities that are awake on a host.</param>
/// <param name="databaseOf">The journal of a host.</param>
/// <param name="hosts">The hosts that are up.</param>
internal sealed class ReplayOracle(Func<string, EntityWatch?> watchOf, Func<string, string> databaseOf, Func<IEnumerable<string>> hosts) : Oracle
{
    private readonly Dictionary<(string Database, string Entity), Shadow> _shadows = [];

    public override string Name => "I3 state is replay";

    public override void Committed(JournalCommit commit)
    {
        if (commit.Request.Events.IsEmpty)
        {
            return;
        }

        Shadow shadow = ShadowOf(commit.Database, commit.Entity);
        for (int i = 0; i < commit.Events.Length; i++)
        {
            shadow.Ahead.Enqueue((commit.Request.Events[i].SequenceNr, commit.Events[i]));
        }

        shadow.IsDirty = true;
    }

    public override void Saved(string database, SaveSnapshotRequest request)
    {
        StoredSnapshot snapshot = request.Snapshot;
        ShadowOf(database, request.PersistenceId).Snapshots.Enqueue((snapshot.SequenceNr, snapshot.Payload));
    }

    public override void Crashing(string host)
    {
        Check(host, all: false);
        if (watchOf(host) is not { } watch)
        {
            return;
        }

        // What comes back is read from the journal, and has to be looked at whether or not it has changed.
        foreach (IWatchedEntity entity in watch.Entities)
        {
            ShadowOf(databaseOf(host), entity.EntityId).IsDirty = true;
        }
    }

    public override void Erased(string host)
    {
        foreach ((string, string) key in _shadows.Keys.Where(key => key.Database == host).ToArray())
        {
            _shadows.Remove(key);
        }
    }

    public override void Thousand()
    {
        foreach (string host in hosts())
        {
            Check(host, all: false);
        }
    }

    public override void Ended()
    {
        foreach (string host in hosts())
        {
            Check(host, all: true);
        }
    }

    private void Check(string host, bool all)
    {
        if (watchOf(host) is not { } watch)
        {
            return;
        }

        string database = databaseOf(host);
        foreach (IWatchedEntity entity in watch.Entities)
        {
            if (entity.Phase is PersistentPhase.Recovering or PersistentPhase.Failed
                || !_shadows.TryGetValue((database, entity.EntityId), out Shadow? shadow)
                || !(shadow.IsDirty || all))
            {
                continue;
            }

            if (entity.AppliedSequenceNr < shadow.SequenceNr)
            {
                // Another start of this entity, not yet stopped by its fence, or one whose commit has not come back to it.
                continue;
            }

            // What a former owner does not know yet is looked at when the present one has it.
            Compare(entity, shadow);
            shadow.IsDirty = shadow.Ahead.Count > 0;
        }
    }

    private void Compare(IWatchedEntity entity, Shadow shadow)
    {
        shadow.State ??= entity.EmptyState;
        while (shadow.SequenceNr < entity.AppliedSequenceNr && shadow.Ahead.TryDequeue(out (long SequenceNr, object Event) next))
        {
            CompareSnapshot(entity.EntityId, shadow);
            shadow.State = entity.Replay(shadow.State, next.Event);
            shadow.SequenceNr = next.SequenceNr;
        }

        CompareSnapshot(entity.EntityId, shadow);
        if (shadow.SequenceNr != entity.AppliedSequenceNr)
        {
            Violate(string.Create(
                CultureInfo.InvariantCulture, $"{entity.EntityId} has applied {entity.AppliedSequenceNr} events, its journal has {shadow.SequenceNr}"));
            return;
        }

        if (!ReferenceEquals(entity.PresentState, shadow.State) && !BytesOf(entity.PresentState).AsSpan().SequenceEqual(BytesOf(shadow.State)))
        {
            Violate(string.Create(
                CultureInfo.InvariantCulture, $"{entity.EntityId} holds at event {shadow.SequenceNr} another state than its journal gives"));
        }
    }

    private void CompareSnapshot(string entity, Shadow shadow)
    {
        while (shadow.Snapshots.TryPeek(out (long SequenceNr, byte[] Payload) snapshot) && snapshot.SequenceNr <= shadow.SequenceNr)
        {
            shadow.Snapshots.Dequeue();
            if (snapshot.SequenceNr == shadow.SequenceNr && !BytesOf(shadow.State!).AsSpan().SequenceEqual(snapshot.Payload))
            {
                Violate(string.Create(
                    CultureInfo.InvariantCulture, $"the snapshot of {entity} at {snapshot.SequenceNr} is not its state there"));
            }
        }
    }

    private Shadow ShadowOf(string database, string entity)
    {
        if (!_shadows.TryGetValue((database, entity), out Shadow? shadow))
        {
            _shadows.Add((database, entity), shadow = new Shadow());
        }

        return shadow;
    }

    private static byte[] BytesOf(object state) => EcoManifests.Registry.Encode(state).Payload;

    private sealed class Shadow
    {
        public Queue<(long SequenceNr, object Event)> Ahead { get; } = new();

        public Queue<(long SequenceNr, byte[] Payload)> Snapshots { get; } = new();

        public object? State { get; set; }

        public long SequenceNr { get; set; }

        public bool IsDirty { get; set; }
    }
}
