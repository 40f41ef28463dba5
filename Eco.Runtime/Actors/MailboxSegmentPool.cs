using System.Runtime.CompilerServices;

namespace Eco.Runtime.Actors;

/// <summary>Full-size segments that one system's mailboxes lend each other, so that a steady flow allocates nothing.</summary>
internal sealed class MailboxSegmentPool
{
    /// <summary>The longest segment: 16 KiB of slots.</summary>
    public const int MaxLength = 1024;

    /// <summary>An actor keeps a segment up to this length while it is idle.</summary>
    public const int KeptLength = 64;

    /// <summary>At most 4 MiB are kept for reuse; more is left to the garbage collector.</summary>
    private const int MaxKept = 256;

    private readonly Lock _gate = new();

    /// <summary>Linked by their last slots, as in a lane.</summary>
    private Envelope[]? _free;
    private int _kept;

    public Envelope[] Rent(int length)
    {
        if (length < MaxLength)
        {
            return new Envelope[length];
        }

        lock (_gate)
        {
            Envelope[]? segment = _free;
            if (segment is not null)
            {
                _free = Unsafe.As<Envelope[]?>(segment[^1].Message);
                segment[^1].Message = null;
                _kept--;
                return segment;
            }
        }

        return new Envelope[MaxLength];
    }

    /// <summary>Takes a segment whose slots but the last are empty, and that no lane uses any more.</summary>
    public void Return(Envelope[] segment)
    {
        if (segment.Length < MaxLength)
        {
            return;
        }

        lock (_gate)
        {
            if (_kept < MaxKept)
            {
                segment[^1].Message = _free;
                _free = segment;
                _kept++;
            }
        }
    }
}
