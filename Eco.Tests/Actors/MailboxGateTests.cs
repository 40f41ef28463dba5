using System.Reflection;
using Eco.Runtime.Actors;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>The consumer goes idle while a producer stands in the gate and does not move: held up where it needs a segment of the pool.</summary>
internal sealed class MailboxGateTests
{
    /// <summary>So many messages fill the segments that a lane makes for itself; for the next it asks the pool.</summary>
    private const int BeforeThePool = 3 + 15 + 63 + 255;

    private readonly MailboxSegmentPool _pool = new();
    private Mailbox _mailbox;

    [SetUp]
    public void FillAndDrain()
    {
        _mailbox = new Mailbox(int.MaxValue, _pool);
        for (int i = 0; i < BeforeThePool; i++)
        {
            Assert.That(_mailbox.Post(i, null, force: false), Is.EqualTo(i == 0 ? PostResult.Wake : PostResult.Posted));
        }

        for (int i = 0; i < BeforeThePool; i++)
        {
            Assert.That(_mailbox.TryTake(out object message, out _) ? message : null, Is.EqualTo(i));
        }
    }

    [Test]
    public async Task TryIdle_WhenAProducerStandsInTheGate_LeavesTheWakeUpToIt()
    {
        PostResult posted = await PostWhileConsumerGoesIdle(blocked: false);

        Assert.That(posted, Is.EqualTo(PostResult.Wake));
        Assert.That(_mailbox.TryTake(out object message, out _) ? message : null, Is.EqualTo("late"));
        Assert.That(_mailbox.TryIdle(blocked: false), Is.True);
        Assert.That(_mailbox.Post("next", null, force: false), Is.EqualTo(PostResult.Wake));
    }

    [Test]
    public async Task TryIdle_WhenBlockedAndAProducerStandsInTheGate_IsWokenOnlyByASystemMessage()
    {
        PostResult posted = await PostWhileConsumerGoesIdle(blocked: true);

        Assert.That(posted, Is.EqualTo(PostResult.Posted));
        Assert.That(_mailbox.Post("more", null, force: false), Is.EqualTo(PostResult.Posted));
        Assert.That(_mailbox.PostSystem(new Terminate()), Is.EqualTo(PostResult.Wake));
    }

    private async Task<PostResult> PostWhileConsumerGoesIdle(bool blocked)
    {
        var poolGate = (Lock)typeof(MailboxSegmentPool).GetField("_gate", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_pool)!;
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var holder = new Thread(() =>
        {
            lock (poolGate)
            {
                held.Set();
                release.Wait();
            }
        });
        holder.Start();
        held.Wait();
        var posted = default(PostResult);
        var producer = new Thread(() => posted = _mailbox.Post("late", null, force: false));
        producer.Start();
        await Eventually.HoldsAsync(
            "the producer stands in the gate", () => (producer.ThreadState & ThreadState.WaitSleepJoin) != 0, () => producer.ThreadState.ToString());

        Assert.That(_mailbox.TryIdle(blocked), Is.True, "the consumer does not wait");

        release.Set();
        await Eventually.HoldsAsync("the producer is done", () => !producer.IsAlive);
        holder.Join();
        return posted;
    }
}
