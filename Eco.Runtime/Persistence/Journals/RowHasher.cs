using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Eco.Runtime.Persistence.Journals;

/// <summary>
/// SHA-256 of a row: a number that tells the kind of row, then each column, texts and bytes after their length, so that no two rows give
/// the same input. For one thread.
/// </summary>
internal sealed class RowHasher
{
    private byte[] _buffer = new byte[1_024];
    private int _length;

    /// <summary>Hash of an event, which contains the one before it (the chain).</summary>
    public Digest256 Event(
        Digest256 previous, string persistenceId, long ordering, long sequenceNr, string manifest, ReadOnlySpan<byte> payload, string hlc, string writer, long epoch) =>
        Begin(1).Add(previous).Add(persistenceId).Add(ordering).Add(sequenceNr).Add(manifest).Add(payload).Add(hlc).Add(writer).Add(epoch).End();

    public Digest256 Snapshot(string persistenceId, long sequenceNr, string manifest, ReadOnlySpan<byte> payload, string hlc, Digest256 chain) =>
        Begin(2).Add(persistenceId).Add(sequenceNr).Add(manifest).Add(payload).Add(hlc).Add(chain).End();

    public Digest256 Outbox(string sender, string receiver, long sequenceNr, string manifest, ReadOnlySpan<byte> payload, string hlc) =>
        Begin(3).Add(sender).Add(receiver).Add(sequenceNr).Add(manifest).Add(payload).Add(hlc).End();

    public Digest256 Position(string sender, string receiver, long last, long acknowledged) =>
        Begin(4).Add(sender).Add(receiver).Add(last).Add(acknowledged).End();

    public Digest256 Inbox(string receiver, string sender, long last, long epoch) => Begin(5).Add(receiver).Add(sender).Add(last).Add(epoch).End();

    public Digest256 Attempt(string receiver, string sender, long sequenceNr, long attempts, string reason) =>
        Begin(6).Add(receiver).Add(sender).Add(sequenceNr).Add(attempts).Add(reason).End();

    public Digest256 Parked(string receiver, ParkedMessage m) => Begin(7).Add(receiver).Add(m.Sender).Add(m.SequenceNr).Add(m.Manifest)
        .Add(m.Payload).Add(m.Timestamp.ToString()).Add(m.Attempts).Add(m.Reason).Add(m.Detail).End();

    public Digest256 Entity(in EntityRow e) => Begin(8).Add(e.PersistenceId).Add(e.LastSequenceNr).Add(e.LastHash).Add(e.CompactedSequenceNr)
        .Add(e.CompactedHash).Add(e.Snapshot).Add(e.OutboxRows).Add(e.ParkedRows).Add(e.Rows).End();

    public Digest256 Owner(long partition, long epoch, string writer) => Begin(9).Add(partition).Add(epoch).Add(writer).End();

    public Digest256 Metadata(string key, string value) => Begin(10).Add(key).Add(value).End();

    public Digest256 Member(string host, long lastSeen) => Begin(11).Add(host).Add(lastSeen).End();

    /// <summary>Hash of the whole journal's state after a commit, which contains the one before it.</summary>
    public Digest256 State(in StateRow s) => Begin(12).Add(s.Commit).Add(s.LastOrdering).Add(s.CompactedOrdering).Add(s.Rows).Add(s.Previous).End();

    private RowHasher Begin(int kind)
    {
        _length = 0;
        return Add(kind);
    }

    private RowHasher Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    private RowHasher Add(Digest256 value)
    {
        value.Write(Room(Digest256.Length));
        return this;
    }

    private RowHasher Add(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Add(length);
        Encoding.UTF8.GetBytes(text, Room(length));
        return this;
    }

    private RowHasher Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
        return this;
    }

    private Digest256 End()
    {
        Span<byte> hash = stackalloc byte[Digest256.Length];
        SHA256.HashData(_buffer.AsSpan(0, _length), hash);
        return Digest256.Read(hash);
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }

        _length += bytes;
        return _buffer.AsSpan(_length - bytes, bytes);
    }
}
