using System.Collections.Immutable;
using Eco.Actors.Console;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Timeline;

/// <summary>To <see cref="OthersNewsActor"/>, local: whether anybody looks.</summary>
/// <param name="IsWatched">Whether there is somebody.</param>
public sealed record WatchOthers(bool IsWatched);

/// <summary>
/// Tells those who watch this server what happens in partitions of other servers, which project them into the shared timeline themselves. It
/// reads the shared journal, from where it ends when the first one begins to watch, and only while there is one. A partition that changes hands at
/// that moment may be told twice or not: this is a display, the timeline is the record.
/// </summary>
public sealed class OthersNewsActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 500;
    private readonly int _partitions;
    private readonly TimeSpan _followEvery;
    private readonly PersistenceExtension _persistence;
    private readonly SortedDictionary<int, long> _read = [];
    private long _correlation;
    private bool _isWatched;
    private bool _busy;

    /// <summary>Makes the actor.</summary>
    /// <param name="partitions">How many partitions the journal has.</param>
    /// <param name="followEvery">How often the journal is looked at.</param>
    public OthersNewsActor(int partitions, TimeSpan followEvery)
    {
        _partitions = partitions;
        _followEvery = followEvery;
        _persistence = Context.System.Extension<PersistenceExtension>();
        Receive<WatchOthers>(OnWatch);
        Receive<Look>(_ => Read());
        Receive<EventsRead>(OnRead);

        // The next look tries again; who reads the timeline misses nothing.
        Receive<ReadFailed>(_ => _busy = false);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void OnWatch(WatchOthers watch)
    {
        if (watch.IsWatched == _isWatched)
        {
            return;
        }

        _isWatched = watch.IsWatched;
        _read.Clear();
        if (_isWatched)
        {
            Timers.StartPeriodicTimer(nameof(Look), Look.Instance, _followEvery);
        }
        else
        {
            Timers.Cancel(nameof(Look));
        }
    }

    private void Read()
    {
        if (_busy)
        {
            return;
        }

        HashSet<int> own = [.. Context.System.Extension<EntityServices>().OpenPartitions()];
        ImmutableArray<PartitionPosition> after =
        [
            .. Enumerable.Range(0, _partitions)
                .Where(partition => !own.Contains(partition))
                .Select(partition => new PartitionPosition(partition, _read.GetValueOrDefault(partition, long.MaxValue))),
        ];
        foreach (int partition in own)
        {
            _read.Remove(partition);
        }

        if (!after.IsEmpty)
        {
            _busy = true;
            _persistence.Journal.Read(new ReadEvents(++_correlation, after, PageSize), Self);
        }
    }

    private void OnRead(EventsRead read)
    {
        _busy = false;
        if (!_isWatched)
        {
            return;
        }

        foreach ((PartitionPosition position, PartitionPosition end) in read.Positions.Zip(read.Ends))
        {
            // What is seen for the first time begins at its end.
            _read[position.Partition] = _read.ContainsKey(position.Partition) ? position.Ordering : end.Ordering;
        }

        foreach (OrderedEvent ordered in read.Events)
        {
            foreach (LiveView view in TimelineNews.Of(ordered, TimelineNews.ChangesOf(ordered, _persistence.Registry)))
            {
                Context.System.EventStream.Publish(view);
            }
        }
    }

    private sealed record Look
    {
        public static Look Instance { get; } = new();
    }
}
