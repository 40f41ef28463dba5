using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
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
/// Follows the server's journal and keeps the timeline's tables up to date: reads each partition after its stored offset, projects, applies with
/// the new offsets in one transaction. Where several servers share the database, each projects the partitions that it owns; an offset that
/// another has moved says that a partition has changed hands. Publishes each line of the story on the event stream for live displays.
/// </summary>
public sealed partial class TimelineActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 500;
    private readonly ITimelineStore _store;
    private readonly int _partitions;
    private readonly TimeSpan _followEvery;
    private readonly bool _shares;
    private readonly SortedDictionary<int, Place> _places = [];
    private readonly PersistenceExtension _persistence;
    private readonly ILogger _logger;
    private readonly List<LiveView> _news = [];
    private long _correlation;
    private bool _isBehind;
    private bool _isFailing;
    private long _rebuilt;
    private IActorRef? _rebuilder;
    private readonly List<IActorRef> _awaiting = [];
    private bool _readAgain;
    private bool _busy;

    /// <summary>Makes the actor.</summary>
    /// <param name="store">The timeline's tables.</param>
    /// <param name="partitions">How many partitions the journal has.</param>
    /// <param name="followEvery">How often the journal is looked at.</param>
    /// <param name="shares">Whether other servers have the same database and project the partitions that they own.</param>
    public TimelineActor(ITimelineStore store, int partitions, TimeSpan followEvery, bool shares = false)
    {
        _shares = shares;
        _store = store;
        _partitions = partitions;
        _followEvery = followEvery;
        _persistence = Context.System.Extension<PersistenceExtension>();
        _logger = Context.System.LoggerFactory.CreateLogger<TimelineActor>();

        Receive<Follow>(_ => ReadOn());
        Receive<TimelineOffsets>(OnOffsets);
        Receive<EventsRead>(OnRead);
        Receive<TimelineApplied>(_ => OnApplied());
        Receive<TimelineMoved>(_ => OnMoved());
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
        ReadOn();
        Timers.StartPeriodicTimer(nameof(Follow), Follow.Instance, _followEvery);
    }

    private void ReadOn()
    {
        if (_busy)
        {
            return;
        }

        int[] followed = _shares ? [.. Context.System.Extension<EntityServices>().OpenPartitions()] : [.. Enumerable.Range(0, _partitions)];
        foreach (int lost in _places.Keys.Except(followed).ToList())
        {
            _places.Remove(lost);
        }

        if (followed.Length == 0)
        {
            Finish();
            return;
        }

        _busy = true;
        if (_places.Count < followed.Length)
        {
            // Where another has stopped, this one goes on.
            foreach (int partition in followed)
            {
                _places.TryAdd(partition, new Place(0, 0));
            }

            _store.ReadOffsets(new ReadTimelineOffsets(++_correlation), Self);
            return;
        }

        ReadJournal();
    }

    private void OnOffsets(TimelineOffsets offsets)
    {
        Dictionary<int, long> stored = offsets.Offsets.ToDictionary(offset => offset.Partition, offset => offset.Ordering);
        foreach (int partition in _places.Keys.ToList())
        {
            long ordering = stored.GetValueOrDefault(partition);
            _places[partition] = new Place(ordering, ordering);
        }

        ReadJournal();
    }

    private void ReadJournal() => _persistence.Journal.Read(
        new ReadEvents(++_correlation, [.. _places.Select(place => new PartitionPosition(place.Key, place.Value.Read))], PageSize), Self);

    private void OnRead(EventsRead read)
    {
        foreach (PartitionPosition end in read.Ends)
        {
            if (end.Ordering < _places[end.Partition].Stored)
            {
                // The server's journal is never cut, so this is an older one, from a backup: what came after it must not stay in the story, nor
                // keep out what comes now.
                TimelineAhead(end.Partition, _places[end.Partition].Stored, end.Ordering);
                Clear();
                return;
            }
        }

        foreach (PartitionPosition position in read.Positions)
        {
            _places[position.Partition] = _places[position.Partition] with { Read = position.Ordering };
        }

        _isBehind = !read.Positions.SequenceEqual(read.Ends);
        if (read.Events.IsEmpty)
        {
            _isFailing = false;
            _busy = false;
            Finish();
            return;
        }

        _rebuilt += read.Events.Length;
        _news.Clear();
        KeyValuePair<int, Place>[] moving = [.. _places.Where(place => place.Value.Read != place.Value.Stored)];
        _store.Apply(
            new ApplyToTimeline(
                ++_correlation,
                [.. read.Events.Select(ProjectOne)],
                [.. moving.Select(place => new PartitionPosition(place.Key, place.Value.Stored))],
                [.. moving.Select(place => new PartitionPosition(place.Key, place.Value.Read))]),
            Self);
    }

    private void Clear()
    {
        _places.Clear();
        _store.Clear(new ClearTimeline(++_correlation), Self);
    }

    private void Finish()
    {
        FinishRebuild();
        FinishCatchUp();
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
        ImmutableArray<TimelineChange> changes = TimelineNews.ChangesOf(ordered, _persistence.Registry);
        if (_rebuilder is null)
        {
            _news.AddRange(TimelineNews.Of(ordered, changes));
        }

        return new ProjectedEvent(ordered.Ordering, ordered.Event.Timestamp, changes);
    }

    private void OnApplied()
    {
        _isFailing = false;
        foreach (int partition in _places.Keys.ToList())
        {
            long read = _places[partition].Read;
            _places[partition] = new Place(read, read);
        }

        _busy = false;

        // Told only now: whoever hears of an event finds it in the timeline.
        foreach (LiveView view in _news)
        {
            Context.System.EventStream.Publish(view);
        }

        _news.Clear();
        if (_rebuilder is not null || _isBehind)
        {
            ReadOn();
        }
    }

    // Another has a partition now, or had it until now: the next look reads where it has come to.
    private void OnMoved()
    {
        _busy = false;
        _news.Clear();
        _places.Clear();
    }

    private void OnFailed(string reason)
    {
        // The journal has all; the next look tries again, from what is stored.
        _busy = false;
        _places.Clear();
        if (!_isFailing)
        {
            // Once for each outage: it is looked again several times a second.
            _isFailing = true;
            TimelineBehind(reason);
        }

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
        Clear();
    }

    private void FinishRebuild()
    {
        _rebuilder?.Tell(new TimelineRebuilt(_rebuilt));
        _rebuilder = null;
    }

    [LoggerMessage(5001, LogLevel.Error, "the timeline is behind the journal: {Reason}")]
    private partial void TimelineBehind(string reason);

    [LoggerMessage(5002, LogLevel.Warning, "the timeline knows events of partition {Partition} up to {Offset} and the journal ends at {End}: it is made anew")]
    private partial void TimelineAhead(int partition, long offset, long end);

    /// <summary>How far a partition is.</summary>
    /// <param name="Stored">Its offset in the timeline's tables.</param>
    /// <param name="Read">How far the journal was read.</param>
    private readonly record struct Place(long Stored, long Read);

    private sealed record Follow
    {
        public static Follow Instance { get; } = new();
    }
}
