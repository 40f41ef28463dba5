using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Eco.Runtime.Persistence.Journals;
using Microsoft.Win32.SafeHandles;

namespace Eco.Runtime.Persistence.Sqlite;

/// <summary>What the head file says of the last acknowledged commit.</summary>
/// <param name="Counter">Rises with each write; the slot with the greater one counts.</param>
/// <param name="Commit">The commit's number.</param>
/// <param name="LastOrdering">The ordering of the last event in it or before it.</param>
/// <param name="OwnerEpoch">The highest owner epoch of a partition.</param>
/// <param name="Digest">The digest of the whole journal after it.</param>
internal readonly record struct JournalHeadSlot(long Counter, long Commit, long LastOrdering, long OwnerEpoch, Digest256 Digest);

/// <summary>
/// The file beside a journal that says what was acknowledged, so that a journal that lost its end is told from one that never had it. Two
/// slots in sectors of their own are written in turn: a write that is cut short leaves the other one.
/// </summary>
internal sealed class JournalHead : IDisposable
{
    private const int SlotDistance = 4_096;
    private const int SlotLength = 8 + (4 * 8) + Digest256.Length + Digest256.Length;
    private const int FileLength = 2 * SlotDistance;
    private static readonly byte[] Magic = "ECOHEAD\x01"u8.ToArray(); // The last byte is the version.
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly byte[] _slot = new byte[SlotLength];
    private long _counter;

    private JournalHead(string path, SafeFileHandle file, long counter)
    {
        _path = path;
        _file = file;
        _counter = counter;
    }

    /// <summary>The head file's path beside a journal.</summary>
    public static string PathOf(string journal) => System.IO.Path.ChangeExtension(journal, ".head");

    /// <summary>The valid slot with the greatest counter; null where there is none.</summary>
    public static JournalHeadSlot? Read(string journal)
    {
        string path = PathOf(journal);
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] content = new byte[FileLength];
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            int length = 0;
            while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is var read and > 0)
            {
                length += read;
            }
        }

        JournalHeadSlot? first = Parse(content.AsSpan(0, SlotLength));
        JournalHeadSlot? second = Parse(content.AsSpan(SlotDistance, SlotLength));
        return first is { } a && second is { } b ? (a.Counter > b.Counter ? a : b) : first ?? second;
    }

    /// <summary>Opens the file for the journal's writer, and makes it where there is none. Both slots are written, so that none is old.</summary>
    public static JournalHead Open(string journal, long commit, long lastOrdering, long ownerEpoch, Digest256 digest)
    {
        string path = PathOf(journal);
        JournalHeadSlot? last = Read(journal);
        bool isNew = !File.Exists(path);
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            if (RandomAccess.GetLength(file) != FileLength)
            {
                // Written out, not only lengthened: later writes then need no space and no change of the file's metadata.
                RandomAccess.Write(file, new byte[FileLength], 0);
                RandomAccess.SetLength(file, FileLength);
                RandomAccess.FlushToDisk(file);
            }

            var head = new JournalHead(path, file, last?.Counter ?? 0);
            head.Write(commit, lastOrdering, ownerEpoch, digest);
            head.Write(commit, lastOrdering, ownerEpoch, digest);
            if (isNew)
            {
                Artifacts.DirectorySync.Flush(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            }

            return head;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes what a commit has reached durable. Only then may it be acknowledged.</summary>
    public void Write(long commit, long lastOrdering, long ownerEpoch, Digest256 digest)
    {
        _counter++;
        Span<byte> slot = _slot;
        Magic.CopyTo(slot);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], _counter);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], commit);
        BinaryPrimitives.WriteInt64LittleEndian(slot[24..], lastOrdering);
        BinaryPrimitives.WriteInt64LittleEndian(slot[32..], ownerEpoch);
        digest.Write(slot[40..]);
        SHA256.HashData(slot[..72], slot[72..]);
        RandomAccess.Write(_file, slot, (_counter & 1) * SlotDistance);
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(_file);
        }
        else if (Native.fdatasync(_file) != 0)
        {
            var cause = new Win32Exception(Marshal.GetLastPInvokeError());
            throw new IOException($"{_path} cannot be synchronised: {cause.Message}", cause);
        }
    }

    public void Dispose() => _file.Dispose();

    private static JournalHeadSlot? Parse(ReadOnlySpan<byte> slot)
    {
        Span<byte> check = stackalloc byte[32];
        SHA256.HashData(slot[..72], check);
        return slot.StartsWith(Magic) && check.SequenceEqual(slot[72..])
            ? new JournalHeadSlot(
                BinaryPrimitives.ReadInt64LittleEndian(slot[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[32..]),
                Digest256.Read(slot[40..]))
            : null;
    }

#pragma warning disable SYSLIB1054 // LibraryImport needs unsafe code, which this project does without.
    private static class Native
    {
        [DllImport("libc", SetLastError = true)]
        public static extern int fdatasync(SafeFileHandle file);
    }
#pragma warning restore SYSLIB1054
}
