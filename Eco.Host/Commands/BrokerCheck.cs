using Eco.Runtime.Cluster.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Host.Commands;

/// <summary>Looks whether a broker takes this host as a client; declares nothing there.</summary>
internal static class BrokerCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>Connects once.</summary>
    /// <param name="broker">As <c>amqp://USER@HOST:5672/VHOST</c>.</param>
    /// <param name="host">Who asks.</param>
    /// <param name="password">The user's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<DoctorCheck> RunAsync(string broker, string host, string password, TimeProvider time, CancellationToken cancellation)
    {
        RabbitMqEndpoint endpoint = RabbitMqEndpoint.Parse(broker, out string? user, out string virtualHost);
        string name = $"broker {endpoint}";
        var outcome = new TaskCompletionSource<DoctorCheck>(TaskCreationOptions.RunContinuationsAsynchronously);
        RabbitMqTransport transport = RabbitMqTransport.Open(
            new RabbitMqTransportOptions
            {
                Endpoints = [endpoint],
                Credentials = new RabbitMqCredentials(user ?? string.Empty, password),
                VirtualHost = virtualHost,
                HostName = host,
                TimeProvider = time,
                Random = new Random(1),
                ReceivesApart = false,
                DeclaresTopology = false,
                CountsDropped = false,
                Observe = happened => Note(happened, name, outcome),
            },
            NullLogger<RabbitMqTransport>.Instance);
        await using (transport.ConfigureAwait(false))
        {
            try
            {
                return await outcome.Task.WaitAsync(Patience, time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Fail(name, $"no answer within {Patience.TotalSeconds:0} s");
            }
        }
    }

    private static void Note(BrokerEvent happened, string name, TaskCompletionSource<DoctorCheck> outcome)
    {
        switch (happened)
        {
            case BrokerConnected:
                outcome.TrySetResult(new DoctorCheck(name, DoctorOutcome.Ok, "takes this host", string.Empty));
                break;
            case BrokerUnreachable e:
                outcome.TrySetResult(Fail(name, e.Reason));
                break;
            case BrokerRefused e:
                outcome.TrySetResult(Fail(name, e.Reason));
                break;
        }
    }

    private static DoctorCheck Fail(string name, string reason) => new(
        name, DoctorOutcome.Fail, reason, "check the address, that the broker runs, and the user's password; a host goes on trying by itself");
}
