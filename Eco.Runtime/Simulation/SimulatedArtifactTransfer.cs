using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Transfers over the simulated network, as one incarnation of a host makes them: in pieces that take the link's bandwidth and latency, each answered; a piece or an answer
/// that is lost ends the attempt after a while. What got across lies on the disks and outlives both hosts, so that the next attempt goes on there.
/// </summary>
public sealed class SimulatedArtifactTransfer : IArtifactTransfer
{
    private const string Scheme = "sim://";
    private readonly SimulatedHost _host;
    private readonly HostScope _scope;
    private readonly TransferDesk _desk;
    private string? _server;

    internal SimulatedArtifactTransfer(SimulatedHost host, HostScope scope)
    {
        _host = host;
        _scope = scope;
        _desk = new TransferDesk(host.World.Options.Transfers, Start);
    }

    /// <summary>The address under which a simulated host takes and gives artefacts.</summary>
    public static string EndpointOf(string host) => Scheme + host;

    /// <inheritdoc/>
    public void UseServer(string? endpoint) => _server = endpoint?[Scheme.Length..] ?? _server;

    /// <inheritdoc/>
    public void Upload(UploadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Download(DownloadArtifact request, IActorRef replyTo) => _desk.Ask(request, replyTo);

    /// <inheritdoc/>
    public void Cancel(string hash, IActorRef replyTo) => _desk.Cancel(hash, replyTo);

    // Never at once: as with all ports, no answer comes before the call has returned.
    private void Start(TransferJob job) => _host.World.Scheduler.After(TimeSpan.Zero, _scope, "transfer", () =>
    {
        if (_server is null)
        {
            _desk.Fail(job, TransferFault.Unreachable, "no server has told its address yet");
            return;
        }

        new SimulatedTransferAttempt(_host, _scope, _desk, job, _server).Begin();
    });
}
