using System.Collections.Immutable;
using System.Text;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Console;

/// <summary>Carries out one request about parked messages and stops: what is parked is read from the journal, what becomes of it its receiver decides.</summary>
public sealed class ParkedRequestActor : ReceiveActor, IWithTimers
{
    private const int MaximumListed = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IActorRef _router;
    private readonly ConsoleRequest _request;
    private readonly IActorRef? _asker;

    /// <summary>Makes the actor.</summary>
    public ParkedRequestActor(IActorRef router, ConsoleRequest request, IActorRef? asker)
    {
        _router = router;
        _request = request;
        _asker = asker;
        Receive<ParkedRead>(OnRead);
        Receive<ReadFailed>(failed => Fail(ConsoleErrorCodes.State, failed.Message, "run eco doctor"));
        Receive<ParkedSettled>(settled => Finish(ConsoleJson.Reply(
            _request.Id, new ParkedSettledView(Argument("id"), settled.Applied ? "replayed" : "dropped"))));
        Receive<Status.Failure>(failure => Finish(ConsoleFailures.Of(_request.Id, failure.Cause, ConsoleErrorCodes.Refused)));
        Receive<Overdue>(_ => Fail(
            ConsoleErrorCodes.NoHost, $"the host did not answer within {Patience.TotalSeconds:0} s", "see the host's log, or eco doctor"));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Whether a verb is one of those.</summary>
    public static bool Takes(string verb) =>
        verb is ConsoleVerbs.ParkedList or ConsoleVerbs.ParkedShow or ConsoleVerbs.ParkedReplay or ConsoleVerbs.ParkedDrop;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(Overdue), Overdue.Instance, Patience);
        string? receiver = _request.Verb == ConsoleVerbs.ParkedList ? _request.Arguments.GetValueOrDefault("receiver") : null;
        Context.System.Extension<PersistenceExtension>().Journal.ReadParked(new ReadParkedMessages(1, receiver, MaximumListed), Self);
    }

    private void OnRead(ParkedRead read)
    {
        if (_request.Verb == ConsoleVerbs.ParkedList)
        {
            Finish(ConsoleJson.Reply<ImmutableArray<ParkedView>>(_request.Id, [.. read.Messages.Select(entry => View(entry.Receiver, entry.Message))]));
            return;
        }

        string id = Argument("id");
        ImmutableArray<(string Receiver, ParkedMessage Message)> found =
            [.. read.Messages.Where(entry => id.Length > 0 && IdOf(entry.Receiver, entry.Message).StartsWith(id, StringComparison.Ordinal))];
        switch (found)
        {
            case []:
                Fail(ConsoleErrorCodes.NotFound, $"no message '{id}' is parked", "see eco parked list");
                break;
            case [var (receiver, message)]:
                Act(receiver, message);
                break;
            default:
                Fail(ConsoleErrorCodes.Usage, $"'{id}' is the beginning of {found.Length} parked messages", "give more of it; see eco parked list");
                break;
        }
    }

    private void Act(string receiver, ParkedMessage message)
    {
        switch (_request.Verb)
        {
            case ConsoleVerbs.ParkedReplay:
                _router.Tell(new ToEntity(receiver, new ReplayParked(message.Sender, message.SequenceNr)), Self);
                break;
            case ConsoleVerbs.ParkedDrop:
                _router.Tell(new ToEntity(receiver, new DropParked(message.Sender, message.SequenceNr)), Self);
                break;
            default:
                Finish(ConsoleJson.Reply(
                    _request.Id, new ParkedDetailView(View(receiver, message), Encoding.UTF8.GetString(message.Payload), message.Detail)));
                break;
        }
    }

    private static ParkedView View(string receiver, ParkedMessage message) => new(
        IdOf(receiver, message),
        receiver,
        message.Sender,
        message.SequenceNr,
        message.Manifest,
        message.Attempts,
        message.Reason,
        message.Payload.Length,
        DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp.WallMilliseconds));

    private static string IdOf(string receiver, ParkedMessage message) => ParkedId.Of(receiver, message.Sender, message.SequenceNr);

    private string Argument(string name) => _request.Arguments.GetValueOrDefault(name) ?? string.Empty;

    private void Fail(string code, string cause, string cure) => Finish(ConsoleJson.Failure(_request.Id, code, cause, cure));

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
