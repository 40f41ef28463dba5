using System.Collections.Immutable;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline.Sql;

/// <summary>Rows as SQLite gives them (64-bit integers, text) and the views that they become.</summary>
internal static class TimelineRows
{
    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    internal sealed record IonRow(string Id, long Version, string State, string Title, string Source, long ChangedMs)
    {
        public IonView View => new(Id, (int)Version, State, Title, Time(ChangedMs));
    }

    internal sealed record InstanceRow(string Ion, string Node, string Agent, string State, string Detail, long ChangedMs)
    {
        public InstanceView View => new(Ion, Node, Agent, State, Detail, Time(ChangedMs));
    }

    internal sealed record AgentRow(
        string Id, string Site, string Role, string Labels, string Engines, long Incarnation, long Reachable, long ChangedMs)
    {
        public AgentView View => new(
            Id,
            Site,
            Role,
            JsonSerializer.Deserialize(Labels, TimelineJson.Default.ImmutableSortedDictionaryStringString)
                ?? ImmutableSortedDictionary<string, string>.Empty,
            JsonSerializer.Deserialize(Engines, TimelineJson.Default.ImmutableArrayString),
            Incarnation,
            Reachable != 0,
            Time(ChangedMs));
    }

    internal sealed record ModelRow(
        string Ion, string Name, long Version, string Hash, string Kind, string State, long Bytes, long CreatedMs)
    {
        public ModelView View => new(Ion, Name, Version, Hash, Kind, State, Bytes, Time(CreatedMs));
    }

    internal sealed record RoundRow(
        string Ion, string Node, long Round, string State, long Expected, long Received, string? ResultHash, long ChangedMs)
    {
        public RoundView View => new(Ion, Node, Round, State, (int)Expected, (int)Received, ResultHash, Time(ChangedMs));
    }

    internal sealed record HolderRow(string Ion, string Node, string Agent, long Version, long SinceMs, long? UntilMs)
    {
        public HolderView View => new(Ion, Node, Agent, Version, Time(SinceMs), UntilMs is { } ms ? Time(ms) : null);
    }

    internal sealed record ApprovalRow(string Ion, string Model, long Version, string Decision, string DecidedBy, string Reason, long AtMs)
    {
        public ApprovalView View => new(Ion, Model, Version, Decision, DecidedBy, Reason, Time(AtMs));
    }

    internal sealed record EventRow(
        long Ordering, long WallMs, long Counter, string Host, string Kind, string? Ion, string? Node, string? Agent, string Text)
    {
        public EventView View => new(
            Ordering, Time(WallMs), new HybridTimestamp(WallMs, (int)Counter, Host).ToString(), Kind, Ion, Node, Agent, Text);
    }
}
