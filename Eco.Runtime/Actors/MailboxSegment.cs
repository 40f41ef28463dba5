namespace Eco.Runtime.Actors;

/// <summary>A run of slots. The producer fills from 0 and publishes <see cref="Count"/>.</summary>
internal sealed class MailboxSegment(int length)
{
    public readonly Envelope[] Items = new Envelope[length];
    public MailboxSegment? Next;
    public int Count;
}
