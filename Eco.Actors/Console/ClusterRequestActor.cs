using System.Collections.Immutable;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Console;

/// <summary>
/// Answers <c>cluster</c> and stops: members and owners are read from the database, what waits is asked of the transport. A broker that does
/// not answer leaves its columns empty; the rest is shown all the same.
/// </summary>
public sealed class ClusterRequestActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ClusterPorts _ports;
    private readonly ConsoleRequest _request;
    private readonly IActorRef? _asker;
    private ImmutableArray<Member>? _members;
    private ImmutableArray<Ownership>? _owners;
    private ImmutableArray<QueueDepth>? _queues;

    /// <summary>Makes the actor.</summary>
    public ClusterRequestActor(ClusterPorts ports, ConsoleRequest request, IActorRef? asker)
    {
        _ports = ports;
        _request = request;
        _asker = asker;
        Receive<MembersListed>(listed =>
        {
            _members = listed.Members;
            FinishIfComplete();
        });
        Receive<OwnershipsRead>(read =>
        {
            _owners = read.Owners;
            FinishIfComplete();
        });
        Receive<QueuesInspected>(inspected =>
        {
            _queues = inspected.Queues;
            FinishIfComplete();
        });
        Receive<ReadFailed>(failed => Finish(ConsoleJson.Failure(_request.Id, ConsoleErrorCodes.State, failed.Message, "run eco doctor")));
        Receive<Overdue>(_ => OnOverdue());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(Overdue), Overdue.Instance, Patience);
        IJournal journal = Context.System.Extension<PersistenceExtension>().Journal;
        journal.Announce(new AnnounceMember(1, _ports.Member), Self);
        journal.ReadOwnership(new ReadOwnerships(2), Self);
        _ports.Transport.Inspect(
            new InspectQueues(3, [.. Enumerable.Range(0, _ports.Routes.PartitionCount).Select(_ports.Routes.QueueOf)]), Self);
    }

    private void OnOverdue()
    {
        if (_members is not null && _owners is not null)
        {
            _queues ??= [];
            FinishIfComplete();
            return;
        }

        Finish(ConsoleJson.Failure(
            _request.Id, ConsoleErrorCodes.NoHost, $"the database did not answer within {Patience.TotalSeconds:0} s", "see the host's log, or eco doctor"));
    }

    private void FinishIfComplete()
    {
        if (_members is { } members && _owners is { } owners && _queues is { } queues)
        {
            ImmutableArray<ClusterPartitionView> partitions =
                [.. Enumerable.Range(0, _ports.Routes.PartitionCount).Select(number => PartitionOf(number, owners, queues))];
            Finish(ConsoleJson.Reply(_request.Id, new ClusterView(
                [.. members.GroupBy(member => EntityHostSetup.MemberOf(member.Host)).OrderBy(starts => starts.Key, StringComparer.Ordinal).Select(starts => MemberOf(starts, partitions))],
                partitions)));
        }
    }

    // Each start announces itself; the newest word is the host's.
    private ClusterMemberView MemberOf(IGrouping<string, Member> starts, ImmutableArray<ClusterPartitionView> partitions)
    {
        TimeSpan age = starts.Min(start => start.Age);
        return new ClusterMemberView(
            starts.Key, age < _ports.LiveWithin, Math.Round(age.TotalSeconds, 1), partitions.Count(partition => partition.Owner == starts.Key));
    }

    private ClusterPartitionView PartitionOf(int number, ImmutableArray<Ownership> owners, ImmutableArray<QueueDepth> queues)
    {
        Ownership? owner = owners.FirstOrDefault(candidate => candidate.Partition == number);
        QueueDepth? depth = queues.FirstOrDefault(candidate => candidate.Address == _ports.Routes.QueueOf(number));
        return new ClusterPartitionView(
            number,
            owner is null or { OwnerEpoch: 0 } ? null : EntityHostSetup.MemberOf(owner.WriterId),
            owner?.OwnerEpoch ?? 0,
            depth is { Exists: true } ? depth.Waiting : null,
            depth is { Exists: true } ? depth.Consumers : null);
    }

    private void Finish(ConsoleReply reply)
    {
        _asker?.Tell(reply);
        Context.Stop(Self);
    }

    private sealed record Overdue
    {
        public static Overdue Instance { get; } = new();
    }
}
