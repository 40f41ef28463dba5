using Eco.Runtime.Actors;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;

namespace Eco.Runtime.Simulation;

/// <summary>One attempt to move an artefact between a host and a server: a question for how far it is, then piece after piece.</summary>
internal sealed class SimulatedTransferAttempt(SimulatedHost host, HostScope scope, TransferDesk desk, TransferJob job, string server)
{
    private const int PieceBytes = 256 * 1024;
    private const int HeaderBytes = 300;
    private const long Whole = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private byte[] _content = [];
    private SimulationEvent? _deadline;
    private bool _hasBeenAnswered;
    private bool _isOver;
    private long _exchange;

    public void Begin()
    {
        if (job.IsUpload)
        {
            host.Artifacts.Get(new GetArtifact(0, job.Hash), new PortCallback("transfer", read =>
            {
                if (read is not ArtifactLoaded loaded)
                {
                    End(() => desk.Fail(job, TransferFault.Missing, ((ArtifactFailed)read).Reason));
                    return;
                }

                _content = loaded.Content;
                Exchange(HeaderBytes, (at, answer) => answer(HeaderBytes, at.ArtifactStorage.Contains(job.Hash) ? Whole : at.ArtifactStorage.PartOf(job.Hash).Length), GoOn);
            }));
            return;
        }

        Fetch();
    }

    private void GoOn(object answer)
    {
        if (answer is TransferFailed failed)
        {
            End(() => desk.Fail(job, failed.Fault, failed.Reason));
            return;
        }

        var received = (long)answer;
        if (received == Whole)
        {
            End(() => desk.Complete(job));
            return;
        }

        desk.Progress(job, received);
        byte[] piece = [.. _content.AsSpan((int)received, (int)Math.Min(PieceBytes, _content.Length - received))];
        Exchange(HeaderBytes + piece.Length, (at, reply) => Take(at, received, piece, reply), GoOn);
    }

    // At the server. What comes twice, or after another attempt has got further, changes nothing.
    private void Take(SimulatedHost at, long offset, byte[] piece, Action<int, object> reply)
    {
        SimulatedArtifactStorage storage = at.ArtifactStorage;
        if (storage.Contains(job.Hash))
        {
            reply(HeaderBytes, Whole);
            return;
        }

        byte[] part = storage.PartOf(job.Hash);
        if (offset == part.Length)
        {
            storage.SetPart(job.Hash, part = [.. part, .. piece]);
        }

        if (part.Length < job.Length)
        {
            reply(HeaderBytes, (long)part.Length);
            return;
        }

        storage.SetPart(job.Hash, []);
        string got = ArtifactName.Of(part);
        if (got != job.Hash)
        {
            reply(HeaderBytes, new TransferFailed(0, job.Hash, TransferFault.Corrupt, ArtifactTexts.Corrupt(job.Hash, got)));
            return;
        }

        at.Artifacts.Put(new PutArtifact(0, part), new PortCallback("transfer", put => reply(
            HeaderBytes, put is ArtifactStored ? Whole : new TransferFailed(0, job.Hash, TransferFault.Storage, ((ArtifactFailed)put).Reason))));
    }

    private void Fetch()
    {
        int offset = host.ArtifactStorage.PartOf(job.Hash).Length;
        desk.Progress(job, offset);
        Exchange(
            HeaderBytes,
            (at, reply) =>
            {
                byte[]? content = at.ArtifactStorage.Get(job.Hash);
                byte[] piece = content is null ? [] : [.. content.AsSpan(Math.Min(offset, content.Length), Math.Min(PieceBytes, Math.Max(0, content.Length - offset)))];
                reply(
                    HeaderBytes + piece.Length,
                    content is null ? new TransferFailed(0, job.Hash, TransferFault.Missing, $"{server} has no artefact {job.Hash}")
                    : content.Length != job.Length ? new TransferFailed(0, job.Hash, TransferFault.Refused, FormattableString.Invariant($"{server} has {content.Length} bytes of that name, not {job.Length}"))
                    : piece);
            },
            answer => Keep(offset, answer));
    }

    private void Keep(int offset, object answer)
    {
        if (answer is TransferFailed failed)
        {
            End(() => desk.Fail(job, failed.Fault, failed.Reason));
            return;
        }

        byte[] part = [.. host.ArtifactStorage.PartOf(job.Hash).AsSpan(0, offset), .. (byte[])answer];
        if (part.Length < job.Length)
        {
            host.ArtifactStorage.SetPart(job.Hash, part);
            Fetch();
            return;
        }

        host.ArtifactStorage.SetPart(job.Hash, []);
        string got = ArtifactName.Of(part);
        if (got != job.Hash)
        {
            End(() => desk.Fail(job, TransferFault.Corrupt, ArtifactTexts.Corrupt(job.Hash, got)));
            return;
        }

        host.Artifacts.Put(new PutArtifact(0, part), new PortCallback("transfer", put => End(() =>
        {
            if (put is ArtifactStored)
            {
                desk.Complete(job);
            }
            else
            {
                desk.Fail(job, TransferFault.Storage, ((ArtifactFailed)put).Reason);
            }
        })));
    }

    private void Exchange(int bytes, Action<SimulatedHost, Action<int, object>> atServer, Action<object> then)
    {
        SimulatedWorld world = host.World;
        if (job.Unwanted.IsCancellationRequested)
        {
            End(() => desk.Fail(job, TransferFault.Interrupted, "nobody wants it any more"));
            return;
        }

        long exchange = ++_exchange;
        Await();
        world.Network.Transmit(host.Id, server, bytes, "artefact", () =>
        {
            if (!world.Hosts.TryGetValue(server, out SimulatedHost? at) || !at.IsUp || at.IsPaused)
            {
                return;
            }

            atServer(at, (answerBytes, answer) => world.Network.Transmit(
                server, host.Id, answerBytes, "artefact answer", () => world.Scheduler.After(TimeSpan.Zero, scope, "artefact answer", () =>
                {
                    if (exchange == _exchange && !_isOver)
                    {
                        _hasBeenAnswered = true;
                        Settle();
                        then(answer);
                    }
                })));
        });
    }

    private void Await() => _deadline = host.World.Scheduler.After(Patience, scope, "artefact time-out", () => End(() => desk.Fail(
        job,
        _hasBeenAnswered ? TransferFault.Interrupted : TransferFault.Unreachable,
        FormattableString.Invariant($"{server} has not answered for {Patience.TotalSeconds} s"))));

    private void Settle()
    {
        if (_deadline is { } pending)
        {
            host.World.Scheduler.Cancel(pending);
            _deadline = null;
        }

        _exchange++;
    }

    private void End(Action tell)
    {
        if (!_isOver)
        {
            _isOver = true;
            Settle();
            tell();
        }
    }
}
