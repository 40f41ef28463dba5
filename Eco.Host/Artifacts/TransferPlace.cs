using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Eco.Host.Artifacts;

/// <summary>The place of one transfer, until it is disposed.</summary>
internal sealed class TransferPlace(TransferPlaces places, HttpContext context) : IDisposable
{
    private readonly long _since = Stopwatch.GetTimestamp();
    private long _moved;

    /// <summary>How long it is taken.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_since);

    /// <summary>How fast the transfer is, on average.</summary>
    public double BytesPerSecond => Interlocked.Read(ref _moved) / Math.Max(Age.TotalSeconds, 0.001);

    /// <summary>Whether it was told to leave.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>So many bytes more were sent or received.</summary>
    public void Moved(int bytes) => Interlocked.Add(ref _moved, bytes);

    /// <summary>Cuts the transfer off.</summary>
    public void End()
    {
        IsEnded = true;
        context.Abort();
    }

    /// <inheritdoc/>
    public void Dispose() => places.Leave(this);
}
