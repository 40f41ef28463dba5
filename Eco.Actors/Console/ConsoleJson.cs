using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Eco.Actors.Console;

/// <summary>
/// How the console's requests, replies and views look in JSON: camelCase names, absent values as <c>null</c>. The same on the socket and on the
/// standard output of a verb with <c>--format json</c>.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConsoleRequest))]
[JsonSerializable(typeof(ConsoleReply))]
[JsonSerializable(typeof(SubmissionView))]
[JsonSerializable(typeof(ValidationView))]
[JsonSerializable(typeof(DiffView))]
[JsonSerializable(typeof(IonDetailView))]
[JsonSerializable(typeof(IonView))]
[JsonSerializable(typeof(ModelView))]
[JsonSerializable(typeof(WhoHasView))]
[JsonSerializable(typeof(RebuildView))]
[JsonSerializable(typeof(LiveView))]
[JsonSerializable(typeof(ParkedDetailView))]
[JsonSerializable(typeof(ParkedSettledView))]
[JsonSerializable(typeof(ImmutableArray<ParkedView>))]
[JsonSerializable(typeof(ImmutableArray<IonView>))]
[JsonSerializable(typeof(ImmutableArray<AgentView>))]
[JsonSerializable(typeof(ImmutableArray<ModelView>))]
[JsonSerializable(typeof(ImmutableArray<EventView>))]
[JsonSerializable(typeof(ImmutableArray<InstanceView>))]
[JsonSerializable(typeof(ImmutableArray<StatisticView>))]
[JsonSerializable(typeof(ClusterView))]
public sealed partial class ConsoleJson : JsonSerializerContext
{
    /// <summary>A reply that carries a view.</summary>
    public static ConsoleReply Reply<T>(long id, T view) =>
        new(id, JsonSerializer.SerializeToElement(view, typeof(T), Default), Error: null);

    /// <summary>A reply that says why not.</summary>
    public static ConsoleReply Failure(long id, string code, string cause, string cure) =>
        new(id, Data: null, new ConsoleError(code, cause, cure));
}
