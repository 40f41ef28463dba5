using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Eco.Actors.Timeline.Sql;

/// <summary>Writes the changes of one projected event inside its transaction. The statements are those that SQLite and PostgreSQL both understand.</summary>
internal sealed class TimelineWriter(DbTransaction transaction, ProjectedEvent projected)
{
    private const string AllAgents = "*";

    private readonly long _atMs = projected.Timestamp.WallMilliseconds;
    private int _position;

    public void Write(TimelineChange change)
    {
        switch (change)
        {
            case EventNoted noted:
                Write(noted);
                break;
            case IonChanged ion:
                Write(ion);
                break;
            case InstanceChanged instance:
                Write(instance);
                break;
            case AgentChanged agent:
                Write(agent);
                break;
            case AgentReachabilityChanged reachability:
                Write(reachability);
                break;
            case ModelChanged model:
                Write(model);
                break;
            case LineageAdded lineage:
                Execute("INSERT INTO lineage VALUES(@ChildHash, @ParentHash, @Via) ON CONFLICT DO NOTHING", lineage);
                break;
            case ModelDeployedTo deployed:
                Write(deployed);
                break;
            case ApprovalRecorded approval:
                Write(approval);
                break;
            case RoundChanged round:
                Write(round);
                break;
            default:
                throw new InvalidOperationException($"the timeline has no table for {change.GetType().Name}");
        }
    }

    private void Write(EventNoted noted) => Execute(
        """
        INSERT INTO event(ordering, position, wall_ms, counter, host, kind, ion, node, agent, text)
        VALUES(@Ordering, @Position, @AtMs, @Counter, @Host, @Kind, @Ion, @Node, @Agent, @Text)
        """,
        new
        {
            projected.Ordering,
            Position = _position++,
            AtMs = _atMs,
            projected.Timestamp.Counter,
            projected.Timestamp.Host,
            noted.Kind,
            noted.Ion,
            noted.Node,
            noted.Agent,
            Text = Storable(noted.Text),
        });

    private void Write(IonChanged ion)
    {
        var row = new { ion.Id, ion.Version, ion.State, Title = Storable(ion.Title), Source = Storable(ion.Source), AtMs = _atMs };
        Execute(
            """
            INSERT INTO ion VALUES(@Id, @Version, @State, @Title, @Source, @AtMs)
            ON CONFLICT(id) DO UPDATE SET state = excluded.state, changed_ms = excluded.changed_ms,
              version = CASE excluded.version WHEN 0 THEN ion.version ELSE excluded.version END,
              title = CASE WHEN excluded.version = 0 AND excluded.title = '' THEN ion.title ELSE excluded.title END,
              source = CASE excluded.source WHEN '' THEN ion.source ELSE excluded.source END
            """,
            row);
        if (ion.State == "deleted")
        {
            Execute("UPDATE deployment SET until_ms = @AtMs WHERE ion = @Id AND until_ms IS NULL", row);
        }
    }

    private void Write(InstanceChanged instance)
    {
        var row = new { instance.Ion, instance.Node, instance.Agent, instance.State, Detail = Storable(instance.Detail), AtMs = _atMs };
        Execute(
            instance.Agent == AllAgents
                ? "UPDATE instance SET state = @State, detail = @Detail, changed_ms = @AtMs WHERE ion = @Ion AND node = @Node"
                : """
                INSERT INTO instance VALUES(@Ion, @Node, @Agent, @State, @Detail, @AtMs)
                ON CONFLICT(ion, node, agent) DO UPDATE SET state = excluded.state, detail = excluded.detail, changed_ms = excluded.changed_ms
                """,
            row);
        if (instance.State == "removed")
        {
            // What runs nowhere holds no model.
            Execute(
                """
                UPDATE deployment SET until_ms = @AtMs
                WHERE ion = @Ion AND node = @Node AND (agent = @Agent OR @Agent = '*') AND until_ms IS NULL
                """,
                row);
        }
    }

    private void Write(AgentReachabilityChanged agent) => Execute(
        "UPDATE agent SET reachable = @Reachable, changed_ms = @AtMs WHERE id = @Id",
        new { agent.Id, Reachable = agent.Reachable ? 1 : 0, AtMs = _atMs });

    private void Write(AgentChanged agent) => Execute(
        """
        INSERT INTO agent VALUES(@Id, @Site, @Role, @Labels, @Engines, @Incarnation, @Reachable, @AtMs)
        ON CONFLICT(id) DO UPDATE SET site = excluded.site, role = excluded.role, labels = excluded.labels, engines = excluded.engines,
          incarnation = excluded.incarnation, reachable = excluded.reachable, changed_ms = excluded.changed_ms
        """,
        new
        {
            agent.Id,
            agent.Site,
            agent.Role,
            Labels = JsonSerializer.Serialize(agent.Labels, TimelineJson.Default.ImmutableSortedDictionaryStringString),
            Engines = JsonSerializer.Serialize(agent.Engines, TimelineJson.Default.ImmutableArrayString),
            agent.Incarnation,
            Reachable = agent.Reachable ? 1 : 0,
            AtMs = _atMs,
        });

    // A later change of state keeps the time at which the model came to be.
    private void Write(ModelChanged model) => Execute(
        """
        INSERT INTO model VALUES(@Ion, @Name, @Version, @Hash, @Kind, @State, @Bytes, @AtMs)
        ON CONFLICT(ion, name, version) DO UPDATE SET hash = excluded.hash, state = excluded.state,
          kind = CASE excluded.kind WHEN '' THEN model.kind ELSE excluded.kind END,
          bytes = CASE excluded.kind WHEN '' THEN model.bytes ELSE excluded.bytes END
        """,
        new { model.Ion, model.Name, model.Version, model.Hash, model.Kind, model.State, model.Bytes, AtMs = _atMs });

    private void Write(ModelDeployedTo deployed)
    {
        var row = new { deployed.Ion, deployed.Node, deployed.Agent, deployed.Model, deployed.Version, deployed.Hash, AtMs = _atMs };
        Execute(
            """
            UPDATE deployment SET until_ms = @AtMs
            WHERE ion = @Ion AND node = @Node AND agent = @Agent AND model = @Model AND until_ms IS NULL
              AND NOT (version = @Version AND hash = @Hash)
            """,
            row);

        // An agent that reports the same model again, after a restart, goes on using it: its row stays.
        Execute(
            """
            INSERT INTO deployment(ion, node, agent, model, version, hash, since_ms)
            SELECT @Ion, @Node, @Agent, @Model, @Version, @Hash, @AtMs WHERE NOT EXISTS(
              SELECT 1 FROM deployment WHERE ion = @Ion AND node = @Node AND agent = @Agent AND model = @Model AND until_ms IS NULL)
            """,
            row);
    }

    private void Write(ApprovalRecorded approval) => Execute(
        """
        INSERT INTO approval(ion, model, version, decision, decided_by, reason, at_ms)
        VALUES(@Ion, @Model, @Version, @Decision, @By, @Reason, @AtMs)
        """,
        new { approval.Ion, approval.Model, approval.Version, approval.Decision, approval.By, Reason = Storable(approval.Reason), AtMs = _atMs });

    // What a round has received never falls: a later state that does not count it keeps it.
    private void Write(RoundChanged round) => Execute(
        """
        INSERT INTO round VALUES(@Ion, @Node, @Round, @State, @Expected, @Received, @ResultHash, @AtMs)
        ON CONFLICT(ion, node, round) DO UPDATE SET state = excluded.state,
          expected = CASE excluded.expected WHEN 0 THEN round.expected ELSE excluded.expected END,
          received = CASE WHEN excluded.received > round.received THEN excluded.received ELSE round.received END,
          result_hash = COALESCE(excluded.result_hash, round.result_hash), changed_ms = excluded.changed_ms
        """,
        new { round.Ion, round.Node, round.Round, round.State, round.Expected, round.Received, round.ResultHash, AtMs = _atMs });

    // PostgreSQL's texts hold no NUL.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private void Execute(string sql, object parameters) => transaction.Connection!.Execute(sql, parameters, transaction);
}
