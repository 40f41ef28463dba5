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
    private MailboxSegment? _free;
    private int _kept;

    public MailboxSegment Rent(int length)
    {
        if (length < MaxLength)
        {
            return new MailboxSegment(length);
        }

        lock (_gate)
        {
            MailboxSegment? segment = _free;
            if (segment is not null)
            {
                _free = segment.Next;
                segment.Next = null;
                _kept--;
                return segment;
            }
        }

        return new MailboxSegment(MaxLength);
    }

    /// <summary>Takes a segment whose slots are all empty and that no lane uses any more.</summary>
    public void Return(MailboxSegment segment)
    {
        if (segment.Items.Length < MaxLength)
        {
            return;
        }

        lock (_gate)
        {
            if (_kept < MaxKept)
            {
                segment.Count = 0;
                segment.Next = _free;
                _free = segment;
                _kept++;
            }
        }
    }
}
