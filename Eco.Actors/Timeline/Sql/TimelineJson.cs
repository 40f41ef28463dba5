using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Eco.Actors.Timeline.Sql;

/// <summary>The JSON kept in single columns: an agent's labels and engines.</summary>
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class TimelineJson : JsonSerializerContext;
