using Microsoft.AspNetCore.Http;

namespace Eco.Host.Artifacts;

/// <summary>
/// So many transfers at a time. Where all places are taken, one that hardly moves gives its place up to the next request: slow senders, however many, keep nobody out for long, and go on where
/// they were when they come again.
/// </summary>
internal sealed class TransferPlaces(ArtifactServerOptions options)
{
    private static readonly TimeSpan LeavesWithin = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _free = new(options.MaxTransfers, options.MaxTransfers);
    private readonly Lock _gate = new();
    private readonly List<TransferPlace> _taken = [];

    /// <summary>Takes a place.</summary>
    /// <returns>Null if all are taken, and none by a slow transfer.</returns>
    public async Task<TransferPlace?> TakeAsync(HttpContext context)
    {
        if (!await _free.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
        {
            if (!EndSlowest() || !await _free.WaitAsync(LeavesWithin, context.RequestAborted).ConfigureAwait(false))
            {
                return null;
            }
        }

        var place = new TransferPlace(this, context);
        lock (_gate)
        {
            _taken.Add(place);
        }

        return place;
    }

    internal void Leave(TransferPlace place)
    {
        lock (_gate)
        {
            _taken.Remove(place);
        }

        _free.Release();
    }

    private bool EndSlowest()
    {
        lock (_gate)
        {
            TransferPlace? slowest = _taken
                .Where(place => !place.IsEnded && place.Age >= options.SlowAfter && place.BytesPerSecond < options.SlowBytesPerSecond)
                .MinBy(place => place.BytesPerSecond);
            slowest?.End();
            return slowest is not null;
        }
    }
}
