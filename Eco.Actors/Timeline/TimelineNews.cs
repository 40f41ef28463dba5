using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline;

/// <summary>What an event of the journal means to the timeline's tables, and to those who watch.</summary>
internal static class TimelineNews
{
    /// <summary>The changes of an event. One that a newer version wrote is a line that says so: the story goes on without it.</summary>
    public static ImmutableArray<TimelineChange> ChangesOf(OrderedEvent ordered, MessageRegistry registry)
    {
        try
        {
            return TimelineProjection.Project(ordered.PersistenceId, registry.Decode(ordered.Event.Manifest, ordered.Event.Payload));
        }
        catch (MessageFormatException e)
        {
            return [new EventNoted("unreadable", null, null, null, $"{ordered.PersistenceId} #{ordered.Event.SequenceNr}: {e.Message}")];
        }
    }

    /// <summary>The lines of the story.</summary>
    public static IEnumerable<LiveView> Of(OrderedEvent ordered, ImmutableArray<TimelineChange> changes) => changes
        .OfType<EventNoted>()
        .Select(note => new LiveView(
            note.Kind,
            DateTimeOffset.FromUnixTimeMilliseconds(ordered.Event.Timestamp.WallMilliseconds),
            note.Ion,
            note.Node,
            note.Agent,
            note.Text,
            null));
}
