using Eco.Actors.Models;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Agents.Instances;

/// <summary>
/// Models whose bytes do not travel in control frames: they are brought from the server before an engine is given them, while the pipeline goes on with what it has, and brought
/// to the server before they are reported. What is wanted follows from the state; this part only sees that it comes, and tries for as long as it is wanted.
/// </summary>
public sealed partial class NodeInstanceActor
{
    /// <summary>So often in a row a server may say that it has no such bytes, or send others, before a model is given up. Being offline does not count.</summary>
    private const int MaximumFetchFailures = 8;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<string, byte[]> _bytes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Fetch> _fetches = new(StringComparer.Ordinal);
    private (ModelEmitted Emitted, long CorrelationId, int Attempts, int Failures)? _upload;

    // Counts down from zero, so that its answers are never taken for those of a call that the pipeline waits for.
    private long _transferCorrelation;

    private bool HasBytes(ModelReference model) => model.Content is not null || _bytes.ContainsKey(model.Hash);

    private ModelReference WithBytes(ModelReference model) => model.Content is null ? model with { Content = _bytes[model.Hash] } : model;

    private void ContinueTransfers()
    {
        ContinueUpload();
        SortedDictionary<string, ModelReference> wanted = Wanted();
        foreach (string hash in _bytes.Keys.Where(hash => !wanted.ContainsKey(hash)).ToArray())
        {
            _bytes.Remove(hash);
        }

        foreach (string hash in _fetches.Keys.Where(hash => !wanted.ContainsKey(hash)).ToArray())
        {
            _fetches.Remove(hash);
            Timers.Cancel(RetryOf(hash));
            _transfer.Cancel(hash, Self);
        }

        foreach ((string hash, ModelReference model) in wanted)
        {
            if (!_bytes.ContainsKey(hash) && !_fetches.ContainsKey(hash))
            {
                _fetches.Add(hash, new Fetch(model.Length));
                Read(hash);
            }
        }
    }

    private SortedDictionary<string, ModelReference> Wanted()
    {
        var wanted = new SortedDictionary<string, ModelReference>(StringComparer.Ordinal);
        if (State.WantsPipeline)
        {
            IEnumerable<ModelReference> models = State.Arrived.Values
                .Concat(_replays.Select(replay => replay.Model))
                .Concat(_swapping is null ? [] : [_swapping.Model])
                .Concat(State.Runs.IsEmpty ? [] : State.Runs[0].Inputs.Select(input => input.Model));
            foreach (ModelReference model in models.Where(model => model.Content is null))
            {
                wanted[model.Hash] = model;
            }
        }

        return wanted;
    }

    private void ContinueUpload()
    {
        ModelEmitted? first = State.HeldReports is [ModelEmitted emitted, ..] ? emitted : null;
        if (first?.Emission == _upload?.Emitted.Emission)
        {
            return;
        }

        CancelUpload();
        if (first is not null)
        {
            _upload = (first, 0, 0, 0);
            Upload();
        }
    }

    private void Upload()
    {
        (ModelEmitted emitted, _, int attempts, int failures) = _upload!.Value;
        _upload = (emitted, --_transferCorrelation, attempts + 1, failures);
        _transfer.Upload(new UploadArtifact(_transferCorrelation, emitted.Model.Hash, emitted.Model.Length), Self);
    }

    private void CancelUpload()
    {
        if (_upload is { } upload)
        {
            Timers.Cancel(nameof(RetryUpload));
            _transfer.Cancel(upload.Emitted.Model.Hash, Self);
            _upload = null;
        }
    }

    private void CancelTransfers()
    {
        CancelUpload();
        foreach (string hash in _fetches.Keys)
        {
            _transfer.Cancel(hash, Self);
        }
    }

    private bool OnArtifactMessage(object message)
    {
        switch (message)
        {
            case ArtifactLoaded { CorrelationId: < 0 } loaded:
                if (_fetches.Remove(loaded.Hash))
                {
                    _bytes[loaded.Hash] = loaded.Content;
                    Continue();
                }

                return true;
            case ArtifactFailed { CorrelationId: < 0 } failed:
                OnNotRead(failed);
                return true;
            case ArtifactTransferred transferred:
                OnTransferred(transferred);
                return true;
            case TransferFailed failed:
                OnTransferFailed(failed);
                return true;
            case TransferProgressed:
                return true;
            case RetryUpload:
                if (_upload is not null)
                {
                    Upload();
                }

                return true;
            case RetryFetch retry:
                if (_fetches.ContainsKey(retry.Hash))
                {
                    Read(retry.Hash);
                }

                return true;
            default:
                return false;
        }
    }

    // First of all in the agent's own store: another instance may have brought it, or an earlier life of this one.
    private void Read(string hash)
    {
        _fetches[hash] = _fetches[hash] with { CorrelationId = --_transferCorrelation, HasArrived = false };
        _artifacts.Get(new GetArtifact(_transferCorrelation, hash), Self);
    }

    private void OnNotRead(ArtifactFailed failed)
    {
        if (failed.Hash is not { } hash || !_fetches.TryGetValue(hash, out Fetch? fetch) || fetch.CorrelationId != failed.CorrelationId)
        {
            return;
        }

        if (fetch.HasArrived)
        {
            // It was brought, verified and stored, and cannot be read now: the disk is failing, which another try may outlive.
            OnFetchFailed(hash, fetch, TransferFault.Corrupt, failed.Reason);
            return;
        }

        _fetches[hash] = fetch with { CorrelationId = --_transferCorrelation };
        _transfer.Download(new DownloadArtifact(_transferCorrelation, hash, fetch.Length), Self);
    }

    private void OnTransferred(ArtifactTransferred transferred)
    {
        if (_upload is { } upload && upload.CorrelationId == transferred.CorrelationId)
        {
            Execute(new UploadSucceeded(upload.Emitted.Emission));
        }
        else if (_fetches.TryGetValue(transferred.Hash, out Fetch? fetch) && fetch.CorrelationId == transferred.CorrelationId)
        {
            Read(transferred.Hash);
            _fetches[transferred.Hash] = _fetches[transferred.Hash] with { HasArrived = true };
        }
    }

    private void OnTransferFailed(TransferFailed failed)
    {
        if (_upload is { } upload && upload.CorrelationId == failed.CorrelationId)
        {
            int failures = CountsAgainst(failed.Fault) ? upload.Failures + 1 : 0;
            if (failed.CanRetry && failures < MaximumFetchFailures)
            {
                _upload = upload with { Failures = failures };
                Timers.StartSingleTimer(nameof(RetryUpload), RetryUpload.Instance, PauseAfter(upload.Attempts));
                return;
            }

            Execute(new UploadGivenUp(upload.Emitted.Emission, failed.Reason));
        }
        else if (_fetches.TryGetValue(failed.Hash, out Fetch? fetch) && fetch.CorrelationId == failed.CorrelationId)
        {
            OnFetchFailed(failed.Hash, fetch, failed.Fault, failed.Reason);
        }
    }

    private void OnFetchFailed(string hash, Fetch fetch, TransferFault fault, string reason)
    {
        int failures = CountsAgainst(fault) ? fetch.Failures + 1 : 0;
        if (fault != TransferFault.Refused && failures < MaximumFetchFailures)
        {
            _fetches[hash] = fetch with { Attempts = fetch.Attempts + 1, Failures = failures };
            Timers.StartSingleTimer(RetryOf(hash), new RetryFetch(hash), PauseAfter(fetch.Attempts + 1));
            return;
        }

        // Tried anew only if somebody asks anew: what follows takes it out of what is wanted.
        string cause = $"its bytes cannot be had: {reason}";
        foreach ((string component, ModelReference model) in State.Arrived.Where(entry => entry.Value.Hash == hash && entry.Value.Content is null))
        {
            Self.Tell(new SwapRefused(component, model.Version, cause), Self);
        }

        if (!State.Runs.IsEmpty && State.Runs[0].Inputs.Any(input => input.Model.Hash == hash && input.Model.Content is null))
        {
            Self.Tell(new RunGivenUp(State.Runs[0].RunId, cause), Self);
        }

        if (_replays.Any(replay => replay.Model.Hash == hash && replay.Model.Content is null))
        {
            _replays = [];
            Broke($"a model that it used, {hash}: {cause}");
        }
    }

    private static bool CountsAgainst(TransferFault fault) => fault is TransferFault.Missing or TransferFault.Corrupt;

    private static TimeSpan PauseAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(FirstRetry.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 10)), LongestRetry.TotalSeconds));

    private static string RetryOf(string hash) => $"{nameof(RetryFetch)} {hash}";

    /// <summary>A model's bytes on their way from the server.</summary>
    /// <param name="Length">How many.</param>
    private sealed record Fetch(long Length)
    {
        public long CorrelationId { get; init; }

        public int Attempts { get; init; }

        public int Failures { get; init; }

        public bool HasArrived { get; init; }
    }

    private sealed record RetryFetch(string Hash);

    private sealed record RetryUpload
    {
        public static RetryUpload Instance { get; } = new();
    }
}
