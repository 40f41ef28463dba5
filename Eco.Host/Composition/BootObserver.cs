using Eco.Actors.Hosting;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Host.Composition;

/// <summary>Tells the composition that a role is ready, or cannot start.</summary>
internal sealed class BootObserver : ReceiveActor
{
    public BootObserver(Action<EntityHostReady> hostReady, Action<ServerReady> serverReady, Action<string> failed)
    {
        Receive<EntityHostReady>(hostReady);
        Receive<ServerReady>(serverReady);
        Receive<EntityHostFailed>(failure => failed(failure.Reason));
    }
}
