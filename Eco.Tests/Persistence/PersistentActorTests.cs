using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Persistence;

internal sealed class PersistentActorTests : ActorFixture
{
    private const string Id = "account-1";

    private PersistentActorJournal _journal = null!;
    private Account.Journalled _seen = null!;

    [SetUp]
    public void RegisterJournal()
    {
        _journal = new PersistentActorJournal();
        _seen = new Account.Journalled();
        MessageRegistry registry = new MessageRegistry.Builder()
            .Add("test.deposited/1", PersistentActorJson.Default.Deposited)
            .Add("test.account/1", PersistentActorJson.Default.AccountState)
            .Add("test.notified/1", PersistentActorJson.Default.Notified)
            .Build();
        System.RegisterExtension(new PersistenceExtension(
            _journal, registry, new HybridClock(Clock, "test"), _ => new Ownership(0, 7, "writer"), ICrashPoints.None));
    }

    [Test]
    public void Persist_WhenCommitted_AppliesAndNumbersEvents()
    {
        IActorRef account = Start();
        account.Tell(5);
        account.Tell(new[] { 1, 2 });
        account.Tell("balance");
        Run();

        Assert.That(_seen.Log, Is.EqualTo(new[] { "completed 0", "persisted 5@1", "persisted 1@2", "persisted 2@3", "balance 8" }));
        Assert.That(_journal.Appends, Has.Count.EqualTo(2), "PersistAll is one transaction");
        Assert.That(_journal.Appends[0].Ownership, Is.EqualTo(new Ownership(0, 7, "writer")));
        Assert.That(_journal.Appends[0].Events[0].Manifest, Is.EqualTo("test.deposited/1"));
    }

    [Test]
    public void Persist_WhileTheWriteIsOnItsWay_CommandsWait()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        account.Tell(5);
        account.Tell("balance");
        Run();
        Assert.That(_seen.Log, Is.EqualTo(new[] { "completed 0" }));

        _journal.Answer();
        Run();
        Assert.That(_seen.Log, Is.EqualTo(new[] { "completed 0", "persisted 5@1", "balance 5" }));
    }

    [Test]
    public void Persist_WhenManyInOneCommand_AllHandlersRunBeforeTheNextCommand()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        Do(account, a =>
        {
            a.Write(new Deposited(1), a.Apply);
            a.Write(new Deposited(2), a.Apply);
        });
        account.Tell("balance");
        Run();
        _journal.Answer(1);
        Run();
        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "persisted 1@1" }));

        _journal.Answer();
        Run();
        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "persisted 1@1", "persisted 2@2", "balance 3" }));
    }

    [Test]
    public void Persist_WhenNestedInAHandler_ComesBeforeTheNextCommand()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        Do(account, a => a.Write(new Deposited(1), e =>
        {
            a.Apply(e);
            a.Write(new Deposited(2), a.Apply);
        }));
        account.Tell("balance");
        for (int i = 0; i < 2; i++)
        {
            Run();
            _journal.Answer();
        }

        Run();
        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "persisted 1@1", "persisted 2@2", "balance 3" }));
    }

    [Test]
    public void Persist_InItsHandler_TheSenderIsTheCommands()
    {
        IActorRef account = Start();
        (IActorRef asker, List<object> answers) = Recorder();
        _journal.Holds = true;
        account.Tell((Action<Account>)(a => a.Write(new Deposited(1), _ => a.Sender.Tell("done"))), asker);
        Run();
        _journal.Answer();
        Run();

        Assert.That(answers, Is.EqualTo(new[] { "done" }));
    }

    [Test]
    public void Persist_WhenTheCommandThrows_NothingIsWritten()
    {
        IActorRef account = Start();
        Do(account, a =>
        {
            a.Write(new Deposited(1), a.Apply);
            throw new InvalidOperationException("changed my mind");
        });
        account.Tell(2);
        Run();

        Assert.That(_seen.Instances, Is.EqualTo(2), "restarted");
        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "stopped", "completed 0", "persisted 2@1" }));
    }

    [Test]
    public void Persist_WhenTheWriteFails_TheActorStopsAndSaysSo()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        _journal.FailNext = AppendFailureReason.Fenced;
        account.Tell(5);
        account.Tell("balance");
        Run();
        _journal.Answer();
        Run();

        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "persist failed Deposited { Amount = 5 }@1", "stopped" }));
        Assert.That(PublishedOf<PersistFailure>().Single(), Is.EqualTo(new PersistFailure(Id, 1, AppendFailureReason.Fenced, "as the test wants")));
        Assert.That(PublishedOf<DeadLetter>().Select(d => d.Message), Is.EqualTo(new[] { "balance" }), "a waiting command never sees the state");
    }

    [Test]
    public void Persist_WhenTheFirstOfTwoWritesFails_NeitherHandlerRuns()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        Do(account, a =>
        {
            _journal.FailNext = AppendFailureReason.StorageFault;
            a.Write(new Deposited(1), a.Apply);
            a.CommitAll(new CommitPlan(), () => _seen.Log.Add("empty"));
        });
        Run();
        _journal.Answer();
        Run();

        Assert.That(_seen.Log[1..], Has.None.StartsWith("persisted").And.None.EqualTo("empty"));
        Assert.That(_seen.Log[^1], Is.EqualTo("stopped"));
    }

    [Test]
    public void Persist_WhenTheHandlerThrows_TheActorRestartsAndRecoversTheEvent()
    {
        IActorRef account = Start();
        Do(account, a => a.Write(new Deposited(1), _ => throw new InvalidOperationException("broken")));
        account.Tell("balance");
        Run();

        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "stopped", "recovered 1@1", "completed 1", "balance 1" }));
    }

    [Test]
    public void Persist_WhenTheHandlerThrowsAndTheSupervisorResumes_TheOtherWritesGoOn()
    {
        var parent = new Probe.Script
        {
            Strategy = new OneForOneStrategy(_ => Directive.Resume),
            OnPreStart = probe => probe.Context.ActorOf(Props.Create(() => new Account(Id, _seen)), "child"),
            OnReceive = (probe, message) =>
            {
                probe.Context.Child("child").Forward(message);
                return true;
            },
        };
        IActorRef account = Spawn(parent);
        Do(account, a =>
        {
            a.Write(new Deposited(1), _ => throw new InvalidOperationException("broken"));
            a.CommitAll(new CommitPlan(), () => _seen.Log.Add("empty"));
            a.Write(new Deposited(2), a.Apply);
        });
        account.Tell("balance");
        Run();

        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "empty", "persisted 2@2", "balance 2" }));
    }

    [Test]
    public void PersistAll_WhenThereIsNothing_WritesNothing()
    {
        IActorRef account = Start();
        account.Tell(Array.Empty<int>());
        account.Tell("balance");
        Run();

        Assert.That(_journal.Appends, Is.Empty);
        Assert.That(_seen.Log, Is.EqualTo(new[] { "completed 0", "balance 0" }));
    }

    [Test]
    public void Persist_WhenTheTypeHasNoManifest_TheCommandFails()
    {
        IActorRef account = Start();
        Do(account, a => a.Write("not registered", _ => { }));
        Run();

        Assert.That(_journal.Appends, Is.Empty);
        Assert.That(_seen.Instances, Is.EqualTo(2));
    }

    [Test]
    public void Persist_WhenCalledBeforeRecoveryEnds_IsRefused()
    {
        Store(1);
        Account? self = null;
        _seen.OnRecover = _ => self!.Write(new Deposited(1), _ => { });
        System.ActorOf(Props.Create(() => self = new Account(Id, _seen)));
        Run();

        Assert.That(_seen.Log[0], Does.StartWith("recovery failed Deposited { Amount = 1 }: account-1 can persist only while"));
    }

    [Test]
    public void Commit_WhenAllParts_AreOneTransaction()
    {
        IActorRef account = Start();
        Do(account, a => a.CommitAll(
            new CommitPlan
            {
                Events = [new Deposited(3)],
                Outbox = [new OutboxRow("other", 4, "test.notified/1", "{}"u8.ToArray(), default)],
                Acknowledged = [("third", 9)],
                Inbox = new InboxRow("fourth", 2, 1),
            },
            () => _seen.Log.Add("committed")));
        Run();

        AppendRequest request = _journal.Appends.Single();
        Assert.That(request.Events.Single().SequenceNr, Is.EqualTo(1));
        Assert.That(request.Outbox.Single(), Has.Property("Receiver").EqualTo("other").And.Property("SequenceNr").EqualTo(4).And.Property("Manifest").EqualTo("test.notified/1"));
        Assert.That(request.Acknowledged.Single(), Is.EqualTo(("third", 9L)));
        Assert.That(request.Inbox, Is.EqualTo(new InboxRow("fourth", 2, 1)));
        Assert.That(_seen.Log[^1], Is.EqualTo("committed"));
    }

    [Test]
    public void Commit_WhenThereAreNoEvents_KeepsTheSequenceNumber()
    {
        IActorRef account = Start();
        account.Tell(1);
        Do(account, a => a.CommitAll(new CommitPlan { Acknowledged = [("third", 9)] }, () => _seen.Log.Add($"at {a.LastSequenceNr}")));
        account.Tell(1);
        Run();

        Assert.That(_seen.Log[1..], Is.EqualTo(new[] { "persisted 1@1", "at 1", "persisted 1@2" }));
    }

    [Test]
    public void Recovery_WhenThereAreEvents_CommandsWaitUntilItEnds()
    {
        Store(1, 2, 3, 4, 5);
        _journal.Holds = true;
        IActorRef account = System.ActorOf(Props.Create(() => new Account(Id, _seen)));
        account.Tell("balance");
        account.Tell(10);
        Run();
        Assert.That(_seen.Log, Is.Empty);

        _journal.Holds = false;
        _journal.Answer();
        Run();
        Assert.That(_seen.Log, Is.EqualTo(new[]
        {
            "recovered 1@1", "recovered 2@2", "recovered 3@3", "recovered 4@4", "recovered 5@5", "completed 15", "balance 15", "persisted 10@6",
        }));
    }

    [Test]
    public void Recovery_WhenThereIsASnapshot_OffersItFirstAndOnlyLaterEvents()
    {
        IActorRef first = Start();
        first.Tell(new[] { 1, 2 });
        Do(first, a => a.Snapshot());
        first.Tell(3);
        Run();
        Assert.That(_seen.Log, Does.Contain("saved 2"));
        first.Tell(PoisonPill.Instance);
        Run();
        _seen.Log.Clear();

        Start().Tell("balance");
        Run();

        Assert.That(_seen.Log, Is.EqualTo(new[] { "snapshot 3@2", "recovered 3@3", "completed 6", "balance 6" }));
    }

    [Test]
    public void Recovery_WhenTheSnapshotIsNotHandled_FailsInsteadOfLosingState()
    {
        IActorRef first = Start();
        first.Tell(1);
        Do(first, a => a.Snapshot());
        first.Tell(PoisonPill.Instance);
        Run();
        _seen = new Account.Journalled { HandlesSnapshots = false };

        Start();

        Assert.That(_seen.Log[0], Does.Contain("handles no SnapshotOffer"));
        Assert.That(PublishedOf<RecoveryFailure>().Single().PersistenceId, Is.EqualTo(Id));
    }

    [Test]
    public void Recovery_WhenTheJournalFails_TheActorStops()
    {
        _journal.FailsRecovery = true;
        IActorRef account = Start();
        account.Tell(1);
        Run();

        Assert.That(_seen.Log, Is.EqualTo(new[] { "recovery failed : account-1 could not be read: as the test wants", "stopped" }));
        Assert.That(_journal.Appends, Is.Empty);
    }

    [Test]
    public void Recovery_WhenApplyingThrows_TheActorStopsAndIsNotRestarted()
    {
        Store(1, 2);
        _seen.OnRecover = e =>
        {
            if (e.Amount == 2)
            {
                throw new InvalidOperationException("cannot apply");
            }
        };
        Start();

        Assert.That(_seen.Instances, Is.EqualTo(1));
        Assert.That(_seen.Log, Is.EqualTo(new[] { "recovered 1@1", "recovery failed Deposited { Amount = 2 }: cannot apply", "stopped" }));
    }

    [Test]
    public void Recovery_WhenAnEventIsMissing_Fails()
    {
        Store(1, 2, 3);
        _journal.Events[Id].RemoveAt(1);
        Start();

        Assert.That(_seen.Log[^2], Does.Contain("has event 3 after 1"));
    }

    [Test]
    public void Recovery_WhenThereIsAnOutbox_TheHookGetsItBeforeTheEvents()
    {
        Store(1);
        _journal.Outbox = [new OutboxRow("other", 4, "test.notified/1", [], default)];
        Start();

        Assert.That(_seen.Log, Is.EqualTo(new[] { "outbox other#4", "recovered 1@1", "completed 1" }));
    }

    [Test]
    public void Persist_InRecoveryCompleted_ComesBeforeTheFirstCommand()
    {
        _seen.OnCompleted = a => a.Write(new Deposited(7), a.Apply);
        Start().Tell("balance");
        Run();

        Assert.That(_seen.Log, Is.EqualTo(new[] { "completed 0", "persisted 7@1", "balance 7" }));
    }

    [Test]
    public void SaveSnapshot_WhenItFails_TheActorHearsOfItAndGoesOn()
    {
        _journal.FailsSnapshots = true;
        IActorRef account = Start();
        account.Tell(1);
        Do(account, a => a.Snapshot());
        account.Tell("balance");
        Run();

        Assert.That(_seen.Log, Does.Contain("not saved 1: as the test wants").And.Contain("balance 1"));
    }

    [Test]
    public void Answers_WhenTheControlLaneIsFull_StillArrive()
    {
        IActorRef account = Start();
        _journal.Holds = true;
        account.Tell(1);
        Run();
        for (int i = 0; i < System.Settings.MailboxCapacityPerLane + 1; i++)
        {
            account.Tell("x");
        }

        Assert.That(System.Metrics.MailboxFull, Is.EqualTo(1));
        _journal.Answer();
        Run();
        Assert.That(_seen.Log[1], Is.EqualTo("persisted 1@1"));
    }

    private static void Do(IActorRef account, Action<Account> action) => account.Tell(action);

    private IActorRef Start()
    {
        IActorRef account = System.ActorOf(Props.Create(() => new Account(Id, _seen)));
        Run();
        return account;
    }

    private void Store(params int[] amounts)
    {
        IActorRef account = System.ActorOf(Props.Create(() => new Account(Id, new Account.Journalled())));
        account.Tell(amounts);
        account.Tell(PoisonPill.Instance);
        Run();
        Assert.That(_journal.Events[Id], Has.Count.EqualTo(amounts.Length));
    }
}
