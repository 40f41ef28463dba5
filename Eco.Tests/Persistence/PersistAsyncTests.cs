using Eco.Runtime.Actors;
using Eco.Runtime.Dispatch;
using Eco.Runtime.Persistence;
using Eco.Tests.Actors;
using NUnit.Framework;

namespace Eco.Tests.Persistence;

/// <summary>What Akka.NET's documentation says of writes that keep no command waiting, rule by rule.</summary>
internal sealed class PersistAsyncTests : ActorFixture
{
    private PersistentActorJournal _journal = null!;
    private Account.Journalled _seen = null!;
    private IActorRef _account = null!;

    private List<string> Log => _seen.Log;

    [SetUp]
    public void StartAccount()
    {
        _journal = new PersistentActorJournal();
        _seen = new Account.Journalled();
        MessageRegistry registry = new MessageRegistry.Builder().Add("test.deposited/1", PersistentActorJson.Default.Deposited).Build();
        System.RegisterExtension(new PersistenceExtension(
            _journal, registry, new HybridClock(Clock, "test"), _ => new Ownership(0, 7, "writer"), ICrashPoints.None));
        Restart();
        _journal.Holds = true;
    }

    [Test]
    public void PersistAsync_WhileTheWriteIsOnItsWay_CommandsAreHandled()
    {
        Do(a => a.WriteAsync(new Deposited(5), a.Apply));
        _account.Tell("balance");
        Run();
        Assert.That(Log, Is.EqualTo(new[] { "balance 0" }), "it sees the state without the event");

        Answer();
        _account.Tell("balance");
        Run();
        Assert.That(Log[1..], Is.EqualTo(new[] { "persisted 5@1", "balance 5" }));
    }

    [Test]
    public void PersistAsync_WhenCommandsCalledItOneAfterAnother_HandlersRunInTheOrderOfTheCalls()
    {
        foreach (int amount in (int[])[1, 2, 3])
        {
            Do(a => a.WriteAsync(new Deposited(amount), a.Apply));
        }

        Assert.That(_journal.Appends, Has.Count.EqualTo(3), "none waits for the one before it");
        Answer();

        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1", "persisted 2@2", "persisted 3@3" }));
    }

    [Test]
    public void PersistAsync_WhenPersistFollows_CommandsWaitForThePersistAndItsTurnComesLast()
    {
        Do(a =>
        {
            a.WriteAsync(new Deposited(1), a.Apply);
            a.Write(new Deposited(2), a.Apply);
        });
        _account.Tell("balance");
        Answer(1);
        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1" }), "the command waits for the second");

        Answer();
        Assert.That(Log[1..], Is.EqualTo(new[] { "persisted 2@2", "balance 3" }));
    }

    [Test]
    public void Persist_WhenPersistAsyncFollows_CommandsWaitForThePersistOnly()
    {
        Do(a =>
        {
            a.Write(new Deposited(1), a.Apply);
            a.WriteAsync(new Deposited(2), a.Apply);
        });
        _account.Tell("balance");
        Answer(1);
        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1", "balance 1" }));

        Answer();
        Assert.That(Log[2..], Is.EqualTo(new[] { "persisted 2@2" }));
    }

    [Test]
    public void PersistAsync_WhenNestedInAHandler_ComesAfterTheOuterOnes()
    {
        Do(a =>
        {
            foreach (int outer in (int[])[1, 2])
            {
                a.WriteAsync(new Deposited(outer), e =>
                {
                    a.Apply(e);
                    a.WriteAsync(new Deposited(outer * 10), a.Apply);
                });
            }
        });
        Answer();
        Answer();

        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1", "persisted 2@2", "persisted 10@3", "persisted 20@4" }));
    }

    [Test]
    public void Persist_WhenNestedInTheHandlerOfAPersistAsync_CommandsWaitForIt()
    {
        Do(a => a.WriteAsync(new Deposited(1), e =>
        {
            a.Apply(e);
            a.Write(new Deposited(2), a.Apply);
        }));
        Answer();
        _account.Tell("balance");
        Run();
        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1" }));

        Answer();
        Assert.That(Log[1..], Is.EqualTo(new[] { "persisted 2@2", "balance 3" }));
    }

    [Test]
    public void PersistAllAsync_WhenCommitted_IsOneTransactionWhoseHandlerRunsForEachEvent()
    {
        Do(a => a.WriteAllAsync([new Deposited(1), new Deposited(2)], a.Apply));
        _account.Tell("balance");
        Answer();

        Assert.That(_journal.Appends, Has.Count.EqualTo(1));
        Assert.That(Log, Is.EqualTo(new[] { "balance 0", "persisted 1@1", "persisted 2@2" }));
    }

    [Test]
    public void PersistAsync_InItsHandler_TheSenderIsTheOneOfItsCommand()
    {
        (IActorRef first, List<object> toFirst) = Recorder("first");
        (IActorRef second, List<object> toSecond) = Recorder("second");
        _account.Tell((Action<Account>)(a => a.WriteAsync(new Deposited(1), _ => a.Sender.Tell("one"))), first);
        _account.Tell((Action<Account>)(a => a.Write(new Deposited(2), _ => a.Sender.Tell("two"))), second);
        Answer();

        Assert.That((toFirst, toSecond), Is.EqualTo((new List<object> { "one" }, new List<object> { "two" })).Using<List<object>>((l, r) => l.SequenceEqual(r)));
    }

    [Test]
    public void DeferAsync_WhenNothingIsOnItsWay_IsCalledAtOnce()
    {
        Do(a =>
        {
            a.AfterAsync("done", Log.Add);
            Log.Add("behind");
        });

        Assert.That(Log, Is.EqualTo(new[] { "done", "behind" }));
    }

    [Test]
    public void DeferAsync_WhenWritesAreOnTheirWay_IsCalledInItsPlaceAmongThem()
    {
        Do(a =>
        {
            a.WriteAsync(new Deposited(1), a.Apply);
            a.AfterAsync("between", Log.Add);
            a.WriteAsync(new Deposited(2), a.Apply);
            a.AfterAsync("after", Log.Add);
        });
        _account.Tell("balance");
        Answer(1);
        Assert.That(Log, Is.EqualTo(new[] { "balance 0", "persisted 1@1", "between" }), "commands do not wait for it");

        Answer();
        Assert.That(Log[3..], Is.EqualTo(new[] { "persisted 2@2", "after" }));
        Assert.That(_journal.Events["account-1"], Has.Count.EqualTo(2), "it persists nothing");
    }

    [Test]
    public void DeferAsync_WhenCalledInAHandler_ComesAfterIt()
    {
        Do(a => a.WriteAsync(new Deposited(1), e =>
        {
            a.AfterAsync("deferred", Log.Add);
            a.Apply(e);
        }));
        Answer();

        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1", "deferred" }));
    }

    [Test]
    public void Defer_WhenWritesAreOnTheirWay_CommandsWaitForIt()
    {
        Do(a =>
        {
            a.WriteAsync(new Deposited(1), a.Apply);
            a.After("deferred", Log.Add);
        });
        _account.Tell("balance");
        Run();
        Assert.That(Log, Is.Empty);

        Answer();
        Assert.That(Log, Is.EqualTo(new[] { "persisted 1@1", "deferred", "balance 1" }));
    }

    [TestCase(AppendFailureReason.StorageFault)]
    [TestCase(AppendFailureReason.Rejected)]
    public void PersistAsync_WhenTheWriteFails_TheActorStopsAndNoLaterHandlerIsCalled(AppendFailureReason reason)
    {
        Do(a =>
        {
            _journal.FailNext = reason;
            a.WriteAsync(new Deposited(1), a.Apply);
            a.AfterAsync("deferred", Log.Add);
        });
        Answer();
        _account.Tell("balance");
        Run();

        Assert.That(Log, Is.EqualTo(new[] { "persist failed Deposited { Amount = 1 }@1", "stopped" }));
        Assert.That(PublishedOf<PersistFailure>().Single().Reason, Is.EqualTo(reason));
    }

    [Test]
    public void PersistAsync_WhenALaterCommandThrows_TheNewInstanceRecoversTheEvent()
    {
        Do(a => a.WriteAsync(new Deposited(1), a.Apply));
        Do(_ => throw new InvalidOperationException("as the test wants"));
        Answer();
        _account.Tell("balance");
        Run();

        Assert.That(Log, Is.EqualTo(new[] { "stopped", "recovered 1@1", "completed 1", "balance 1" }), "its handler belonged to the former one");
    }

    [Test]
    public void PersistAsync_WhenItsCommandThrows_NothingIsWritten()
    {
        Do(a =>
        {
            a.WriteAsync(new Deposited(1), a.Apply);
            throw new InvalidOperationException("as the test wants");
        });

        Assert.That(_journal.Appends, Is.Empty);
    }

    [Test]
    public void PersistAsync_WhenRecoveryHasCompleted_IsAllowedAndNoCommandWaits()
    {
        _journal.Holds = false;
        _account.Tell(5);
        Run();
        System.Stop(_account);
        Run();
        Log.Clear();
        _seen.OnCompleted = a =>
        {
            _journal.Holds = true;
            a.WriteAsync(new Deposited(1), a.Apply);
        };
        Restart();
        _account.Tell("balance");
        Run();
        Assert.That(Log, Is.EqualTo(new[] { "balance 5" }));

        Answer();
        Assert.That(Log[1..], Is.EqualTo(new[] { "persisted 1@2" }));
    }

    [Test]
    public void PersistAsync_WhileAnEventIsReplayed_FailsTheRecovery()
    {
        _journal.Holds = false;
        _account.Tell(5);
        Run();
        System.Stop(_account);
        Run();
        Account? replaying = null;
        _seen.OnRecover = _ => replaying!.WriteAsync(new Deposited(1), _ => { });
        _account = System.ActorOf(Props.Create(() => replaying = new Account("account-1", _seen)), "account");
        Run();

        Assert.That(PublishedOf<RecoveryFailure>().Single().Cause, Is.InstanceOf<IllegalActorStateException>());
    }

    private void Restart()
    {
        _account = System.ActorOf(Props.Create(() => new Account("account-1", _seen)), "account");
        Run();
        Log.Clear();
    }

    private void Do(Action<Account> action)
    {
        _account.Tell(action);
        Run();
    }

    private void Answer(int count = int.MaxValue)
    {
        Run();
        _journal.Answer(count);
        Run();
    }
}
