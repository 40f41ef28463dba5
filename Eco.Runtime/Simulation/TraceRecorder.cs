using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Folds all that happens into one 64-bit number, and keeps the last steps for the message of a failure. Two runs are the same run
/// exactly when their numbers agree; nothing that differs between processes (string hashes, addresses, culture) goes in.
/// </summary>
internal sealed class TraceRecorder(int tailLength)
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;
    private readonly Entry[] _tail = new Entry[Math.Max(1, tailLength)];
    private long _steps;
    private int _next;

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Something happens now: an actor has its turn, or what a text says.</summary>
    public void Step(long time, HostScope scope, object what)
    {
        // Not the whole name: that two steps with the same start of their names are swapped shows in their hosts, times and contents.
        ulong name = what switch
        {
            ActorCell actor => (ulong)actor.Path.Uid,
            string { Length: > 0 } text => ((ulong)text.Length << 48) | ((ulong)text[0] << 32) | ((ulong)text[^1] << 16) | text[text.Length / 2],
            _ => 0,
        };
        Fold((ulong)time, name ^ ((ulong)scope.Ordinal << 56));
        _tail[_next] = new Entry(time, scope, what);
        _next = _next + 1 == _tail.Length ? 0 : _next + 1;
        _steps++;
    }

    public void Fold(ulong value) => Fold(value, 0);

    public void Fold(string text) => Fold(MemoryMarshal.AsBytes(text.AsSpan()));

    public void Fold(ReadOnlySpan<byte> bytes)
    {
        Fold((ulong)bytes.Length);
        while (bytes.Length >= 16)
        {
            Fold(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            bytes = bytes[16..];
        }

        Span<byte> rest = stackalloc byte[16];
        rest.Clear();
        bytes.CopyTo(rest);
        Fold(BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
    }

    /// <summary>The last steps, oldest first, as <c>time host what</c>.</summary>
    public IReadOnlyList<string> Tail()
    {
        long first = Math.Max(0, _steps - _tail.Length);
        var lines = new List<string>();
        for (long i = first; i < _steps; i++)
        {
            // What happened at step i stands this far behind the next place.
            Entry entry = _tail[(int)((_next + _tail.Length - (_steps - i)) % _tail.Length)];
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeSpan.FromTicks(entry.Time):c} {entry.Scope.Name} {entry.What}"));
        }

        return lines;
    }

    /// <summary>Multiplies 64 by 64 bits and folds the halves, as wyhash and its kin do: 16 bytes at a time.</summary>
    private void Fold(ulong first, ulong second)
    {
        ulong high = Math.BigMul(Hash ^ first ^ Multiplier, second ^ Second ^ BitOperations.RotateLeft(Hash, 32), out ulong low);
        Hash = high ^ low ^ first;
    }

    private readonly record struct Entry(long Time, HostScope Scope, object What);
}
