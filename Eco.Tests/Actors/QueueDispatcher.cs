using Eco.Runtime.Dispatch;
using NUnit.Framework;

namespace Eco.Tests.Actors;

/// <summary>Runs slices on the test's own thread, first in, first out, when the test says so.</summary>
internal sealed class QueueDispatcher : IDispatcher
{
    private readonly Queue<IThreadPoolWorkItem> _work = [];

    public int Waiting => _work.Count;

    public void Execute(IThreadPoolWorkItem work) => _work.Enqueue(work);

    public void RunAll()
    {
        const int TooMany = 1_000_000;
        for (int i = 0; _work.TryDequeue(out IThreadPoolWorkItem? work); i++)
        {
            if (i == TooMany)
            {
                Assert.Fail("the actors never come to rest");
            }

            work.Execute();
        }
    }

    public void RunOne() => _work.Dequeue().Execute();
}
