using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>The tables that several verbs print.</summary>
internal static class Tables
{
    public static TextTable Ions(ImmutableArray<IonView> ions)
    {
        var table = new TextTable("ION", "VERSION", "STATE", "SINCE", "TITLE");
        foreach (IonView ion in ions)
        {
            table.Add(ion.Id, Plain.Number(ion.Version), ion.State, Plain.Time(ion.ChangedAt), Plain.OrDash(ion.Title));
        }

        return table;
    }

    public static TextTable Instances(ImmutableArray<InstanceView> instances)
    {
        var table = new TextTable("ION", "NODE", "AGENT", "STATE", "SINCE", "DETAIL");
        foreach (InstanceView instance in instances)
        {
            table.Add(
                Plain.OrDash(instance.Ion), Plain.OrDash(instance.Node), Plain.OrDash(instance.Agent), instance.State, Plain.Time(instance.ChangedAt), Plain.OrDash(instance.Detail));
        }

        return table;
    }

    public static TextTable Models(ImmutableArray<ModelView> models)
    {
        var table = new TextTable("ION", "MODEL", "VERSION", "HASH", "KIND", "STATE", "SIZE", "MADE");
        foreach (ModelView model in models)
        {
            table.Add(
                model.Ion,
                model.Name,
                Plain.Number(model.Version),
                Plain.Hash(model.Hash),
                model.Kind,
                model.State,
                Plain.Bytes(model.Bytes),
                Plain.Time(model.CreatedAt));
        }

        return table;
    }

    public static TextTable Rounds(ImmutableArray<RoundView> rounds)
    {
        var table = new TextTable("NODE", "ROUND", "STATE", "RECEIVED", "RESULT", "SINCE");
        foreach (RoundView round in rounds)
        {
            table.Add(
                round.Node,
                Plain.Number(round.Round),
                round.State,
                $"{Plain.Number(round.Received)} of {Plain.Number(round.Expected)}",
                Plain.Hash(round.ResultHash),
                Plain.Time(round.ChangedAt));
        }

        return table;
    }

    public static TextTable Statistics(ImmutableArray<StatisticView> statistics)
    {
        var table = new TextTable("NODE", "AGENT", "STATISTIC", "VALUE", "AT");
        foreach (StatisticView statistic in statistics)
        {
            table.Add(statistic.Node, statistic.Agent, statistic.Name, Plain.Number(statistic.Value), Plain.Time(statistic.At));
        }

        return table;
    }

    public static TextTable Events(ImmutableArray<EventView> events)
    {
        var table = new TextTable("TIME", "KIND", "WHERE", "AGENT", "TEXT");
        foreach (EventView entry in events)
        {
            table.Add(Plain.Time(entry.At), entry.Kind, Where(entry.Ion, entry.Node), Plain.OrDash(entry.Agent), entry.Text);
        }

        return table;
    }

    public static string Live(LiveView live) =>
        $"{Plain.Time(live.At)}  {live.Kind}  {Where(live.Ion, live.Node)}  {Plain.OrDash(live.Agent)}  {live.Text}"
        + (live.Value is { } value ? $" {Plain.Number(value)}" : "");

    private static string Where(string? ion, string? node) => node is null ? Plain.OrDash(ion) : $"{ion}/{node}";
}
