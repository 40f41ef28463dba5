using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging;

namespace Eco.Actors.Timeline;

/// <summary>To the timeline, local: start the projection again from the journal. Answered with <see cref="TimelineRebuilt"/>.</summary>
public sealed record RebuildTimeline;

/// <summary>To the timeline, local: say so when you are as far as the journal is by then. Answered with <see cref="TimelineCaughtUp"/>.</summary>
public sealed record CatchUpTimeline;

/// <summary>The timeline has all that the journal had when it was asked.</summary>
public sealed record TimelineCaughtUp;

/// <summary>The timeline is what the journal says, up to its end at the time of asking.</summary>
public sealed record TimelineRebuilt(long Events);

/// <summary>
/// Follows the server's journal and keeps the timeline's tables up to date: reads after the stored offset, projects, applies with the new
/// offset in one transaction. Publishes each line of the story on the event stream for live displays.
/// </summary>
public sealed partial class TimelineActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 500;
    private readonly ITimelineStore _store;
    private readonly int _partitions;
    private readonly TimeSpan _followEvery;
    private readonly PersistenceExtension _persistence;
    private readonly ILogger _logger;
    private readonly List<LiveView> _news = [];
    private long _correlation;
    private long _offset;
    private long _end;
    private long _rebuilt;
    private IActorRef? _rebuilder;
    private readonly List<IActorRef> _awaiting = [];
    private bool _readAgain;
    private bool _busy;

    /// <summary>Makes the actor.</summary>
    /// <param name="store">The timeline's tables.</param>
    /// <param name="partitions">How many partitions the journal has.</param>
    /// <param name="followEvery">How often the journal is looked at.</param>
    public TimelineActor(ITimelineStore store, int partitions, TimeSpan followEvery)
    {
        _store = store;
        _partitions = partitions;
        _followEvery = followEvery;
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<TimelineActor>();

        Receive<Follow>(_ => ReadOn());
        Receive<TimelineOffset>(OnOffset);
        Receive<EventsRead>(OnRead);
        Receive<TimelineApplied>(OnApplied);
        Receive<TimelineFailed>(failed => OnFailed(failed.Reason));
        Receive<ReadFailed>(failed => OnFailed(failed.Message));
        Receive<RebuildTimeline>(OnRebuild);
        Receive<CatchUpTimeline>(_ => OnCatchUp());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _busy = true;
        _store.ReadOffset(new ReadTimelineOffset(++_correlation), Self);
        Timers.StartPeriodicTimer(nameof(Follow), Follow.Instance, _followEvery);
    }

    private void OnOffset(TimelineOffset offset)
    {
        _offset = offset.Ordering;
        _busy = false;
        ReadOn();
    }

    private void ReadOn()
    {
        if (!_busy)
        {
            _busy = true;
            _persistence.Journal.Read(new ReadEvents(++_correlation, _offset, PageSize), Self);
        }
    }

    private void OnRead(EventsRead read)
    {
        _end = read.LastOrdering;
        if (_end < _offset)
        {
            // The server's journal is never cut, so this is an older one, from a backup: what came after it must not stay in the story, nor
            // keep out what comes now.
            TimelineAhead(_offset, _end);
            _store.Clear(new ClearTimeline(++_correlation), Self);
            return;
        }

        if (read.Events.IsEmpty)
        {
            _busy = false;
            FinishRebuild();
            FinishCatchUp();
            return;
        }

        _rebuilt += read.Events.Length;
        _news.Clear();
        _store.Apply(new ApplyToTimeline(++_correlation, [.. read.Events.Select(ProjectOne)]), Self);
    }

    private void OnCatchUp()
    {
        if (Sender is { } asker)
        {
            // A reading that is under way may have begun before the last commit.
            _readAgain = _busy;
            _awaiting.Add(asker);
            ReadOn();
        }
    }

    private void FinishCatchUp()
    {
        if (_awaiting.Count == 0)
        {
            return;
        }

        if (_readAgain)
        {
            _readAgain = false;
            ReadOn();
            return;
        }

        foreach (IActorRef asker in _awaiting)
        {
            asker.Tell(new TimelineCaughtUp());
        }

        _awaiting.Clear();
    }

    private ProjectedEvent ProjectOne(OrderedEvent ordered)
    {
        ImmutableArray<TimelineChange> changes;
        try
        {
            object e = _persistence.Registry.Decode(ordered.Event.Manifest, ordered.Event.Payload);
            changes = TimelineProjection.Project(ordered.PersistenceId, e);
        }
        catch (MessageFormatException e)
        {
            // A newer version wrote it; the story goes on without it, and says so.
            changes = [new EventNoted("unreadable", null, null, null, $"{ordered.PersistenceId} #{ordered.Event.SequenceNr}: {e.Message}")];
        }

        if (_rebuilder is null)
        {
            foreach (EventNoted note in changes.OfType<EventNoted>())
            {
                _news.Add(new LiveView(
                    note.Kind,
                    DateTimeOffset.FromUnixTimeMilliseconds(ordered.Event.Timestamp.WallMilliseconds),
                    note.Ion,
                    note.Node,
                    note.Agent,
                    note.Text,
                    null));
            }
        }

        return new ProjectedEvent(
            ordered.Ordering,
            Partitioning.PartitionOf(ordered.PersistenceId, _partitions),
            ordered.Event.Timestamp,
            changes);
    }

    private void OnApplied(TimelineApplied applied)
    {
        _offset = applied.Ordering;
        _busy = false;

        // Told only now: whoever hears of an event finds it in the timeline.
        foreach (LiveView view in _news)
        {
            Context.System.EventStream.Publish(view);
        }

        _news.Clear();
        if (_rebuilder is not null || _offset < _end)
        {
            ReadOn();
        }
    }

    private void OnFailed(string reason)
    {
        // The journal has all; the next look tries again.
        _busy = false;
        TimelineBehind(reason);
        _rebuilder?.Tell(new Status.Failure(new InvalidOperationException(reason)));
        _rebuilder = null;
    }

    private void OnRebuild(RebuildTimeline rebuild)
    {
        if (_busy)
        {
            // After the page that is under way.
            Self.Forward(rebuild);
            return;
        }

        _busy = true;
        _rebuilder = Sender;
        _rebuilt = 0;
        _store.Clear(new ClearTimeline(++_correlation), Self);
    }

    private void FinishRebuild()
    {
        _rebuilder?.Tell(new TimelineRebuilt(_rebuilt));
        _rebuilder = null;
    }

    [LoggerMessage(5001, LogLevel.Error, "the timeline is behind the journal: {Reason}")]
    private partial void TimelineBehind(string reason);

    [LoggerMessage(5002, LogLevel.Warning, "the timeline knows events up to {Offset} and the journal ends at {End}: it is made anew")]
    private partial void TimelineAhead(long offset, long end);

    private sealed record Follow
    {
        public static Follow Instance { get; } = new();
    }
}
