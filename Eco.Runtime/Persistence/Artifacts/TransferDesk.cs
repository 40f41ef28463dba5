using Eco.Runtime.Actors;

namespace Eco.Runtime.Persistence.Artifacts;

/// <summary>
/// What all forms of <see cref="IArtifactTransfer"/> have in common: requests are checked, those for one artefact share a job, a few jobs run at a time and a bounded
/// number waits in order, and each asker is answered once. May be called from any thread; jobs start, and answers are told, outside its lock.
/// </summary>
public sealed class TransferDesk
{
    private readonly Lock _gate = new();
    private readonly TransferLimits _limits;
    private readonly Action<TransferJob> _start;
    private readonly Dictionary<(bool IsUpload, string Hash), TransferJob> _jobs = [];
    private readonly LinkedList<TransferJob> _waiting = new();
    private int _active;

    /// <summary>Makes an empty desk.</summary>
    /// <param name="limits">How much at a time.</param>
    /// <param name="start">Starts a job; it ends by <see cref="Complete"/> or <see cref="Fail"/>, also after its <see cref="TransferJob.Unwanted"/>.</param>
    public TransferDesk(TransferLimits limits, Action<TransferJob> start)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(start);
        _limits = limits;
        _start = start;
    }

    /// <summary>Takes a request to the server.</summary>
    public void Ask(UploadArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Ask(true, request.CorrelationId, request.Hash, request.Length, replyTo);
    }

    /// <summary>Takes a request from the server.</summary>
    public void Ask(DownloadArtifact request, IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(request);
        Ask(false, request.CorrelationId, request.Hash, request.Length, replyTo);
    }

    /// <summary>Forgets what an actor has asked for about an artefact.</summary>
    public void Cancel(string hash, IActorRef replyTo)
    {
        List<TransferJob> unwanted = [];
        lock (_gate)
        {
            foreach (bool isUpload in (bool[])[true, false])
            {
                if (!_jobs.TryGetValue((isUpload, hash), out TransferJob? job) || job.Askers.RemoveAll(asker => asker.ReplyTo.Equals(replyTo)) == 0 || job.Askers.Count > 0)
                {
                    continue;
                }

                if (job.IsActive)
                {
                    unwanted.Add(job);
                }
                else
                {
                    _waiting.Remove(job);
                    _jobs.Remove((isUpload, hash));
                }
            }
        }

        unwanted.ForEach(job => job.Drop());
    }

    /// <summary>Tells how far a job is.</summary>
    public void Progress(TransferJob job, long bytes)
    {
        ArgumentNullException.ThrowIfNull(job);
        (long CorrelationId, IActorRef ReplyTo)[] askers;
        lock (_gate)
        {
            askers = [.. job.Askers];
        }

        foreach ((long correlation, IActorRef replyTo) in askers)
        {
            replyTo.Tell(new TransferProgressed(correlation, job.Hash, bytes, job.Length), ActorRefs.NoSender);
        }
    }

    /// <summary>A job has ended well.</summary>
    public void Complete(TransferJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        End(job, correlation => new ArtifactTransferred(correlation, job.Hash, job.Length));
    }

    /// <summary>A job has failed.</summary>
    public void Fail(TransferJob job, TransferFault fault, string reason)
    {
        ArgumentNullException.ThrowIfNull(job);
        End(job, correlation => new TransferFailed(correlation, job.Hash, fault, reason));
    }

    private void Ask(bool isUpload, long correlation, string hash, long length, IActorRef replyTo)
    {
        TransferFailed? refusal = Refusal(correlation, hash, length);
        TransferJob? startable = null;
        lock (_gate)
        {
            TransferJob? shared = _jobs.GetValueOrDefault((isUpload, hash));
            if (refusal is null && shared?.Unwanted.IsCancellationRequested == false)
            {
                shared.Askers.Add((correlation, replyTo));
                return;
            }

            if (refusal is null && (shared is not null || _waiting.Count >= _limits.MaximumWaiting))
            {
                refusal = new TransferFailed(correlation, hash, TransferFault.Overloaded, "too many transfers wait; try again later");
            }

            if (refusal is null)
            {
                var job = new TransferJob(isUpload, hash, length);
                job.Askers.Add((correlation, replyTo));
                _jobs.Add((isUpload, hash), job);
                _waiting.AddLast(job);
                startable = Next();
            }
        }

        if (refusal is not null)
        {
            replyTo.Tell(refusal, ActorRefs.NoSender);
        }

        if (startable is not null)
        {
            _start(startable);
        }
    }

    private TransferFailed? Refusal(long correlation, string hash, long length)
    {
        if (!ArtifactName.IsValid(hash))
        {
            return new TransferFailed(correlation, hash, TransferFault.Refused, "an artefact's name is 64 lower-case hexadecimal digits");
        }

        return length < 0 || length > _limits.MaximumBytes
            ? new TransferFailed(correlation, hash, TransferFault.Refused, ArtifactTexts.TooLarge(length, _limits.MaximumBytes))
            : null;
    }

    private TransferJob? Next()
    {
        if (_active >= _limits.MaximumActive || _waiting.First is not { } first)
        {
            return null;
        }

        _waiting.RemoveFirst();
        _active++;
        first.Value.IsActive = true;
        return first.Value;
    }

    private void End(TransferJob job, Func<long, object> answer)
    {
        (long CorrelationId, IActorRef ReplyTo)[] askers;
        TransferJob? next;
        lock (_gate)
        {
            askers = [.. job.Askers];
            job.Askers.Clear();
            _jobs.Remove((job.IsUpload, job.Hash));
            _active--;
            next = Next();
        }

        foreach ((long correlation, IActorRef replyTo) in askers)
        {
            replyTo.Tell(answer(correlation), ActorRefs.NoSender);
        }

        if (next is not null)
        {
            _start(next);
        }
    }
}
