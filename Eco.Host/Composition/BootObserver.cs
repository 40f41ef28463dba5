using Eco.Actors.Hosting;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Host.Composition;

/// <summary>Tells the composition that a role is ready, or cannot start.</summary>
internal sealed class BootObserver : ReceiveActor
{
    public BootObserver(Action<ServerReady> ready, Action<string> failed)
    {
        Receive<ServerReady>(ready);
        Receive<EntityHostFailed>(failure => failed(failure.Reason));
    }
}
