using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition;

/// <summary>One thread that works off calls of a port in order. Bounded: a caller that is too far ahead waits.</summary>
internal sealed partial class SerialWorker : IDisposable
{
    private const int Capacity = 4096;
    private readonly BlockingCollection<Action> _calls = new(Capacity);
    private readonly Thread _thread;
    private readonly ILogger _logger;
    private readonly Action<Exception> _fail;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="logger">Where a failure is logged.</param>
    /// <param name="fail">What happens on an exception that a call let out: it is a defect, and the host must not go on as if nothing was.</param>
    public SerialWorker(string name, ILogger logger, Action<Exception> fail)
    {
        _logger = logger;
        _fail = fail;
        _thread = new Thread(Work) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public void Post(Action call) => _calls.Add(call);

    public void Dispose()
    {
        _calls.CompleteAdding();
        _thread.Join();
        _calls.Dispose();
    }

    private void Work()
    {
        foreach (Action call in _calls.GetConsumingEnumerable())
        {
            try
            {
                call();
            }
            catch (Exception e)
            {
                CallFailed(e, _thread.Name!);
                _fail(e);
            }
        }
    }

    [LoggerMessage(6001, LogLevel.Critical, "a call on {Worker} failed unexpectedly")]
    private partial void CallFailed(Exception e, string worker);
}
