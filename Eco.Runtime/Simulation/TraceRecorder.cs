using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Eco.Runtime.Actors;

namespace Eco.Runtime.Simulation;

/// <summary>
/// Folds all that happens into one 64-bit number, and keeps the last steps for the message of a failure. Two runs are the same run
/// exactly when their numbers agree; nothing that differs between processes (string hashes, addresses, culture) goes in.
/// </summary>
internal sealed class TraceRecorder(int tailLength)
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private readonly Entry[] _tail = new Entry[Math.Max(1, tailLength)];
    private long _steps;

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public void Step(long time, HostScope scope, object what)
    {
        Fold((ulong)time);
        Fold((ulong)scope.Ordinal);
        switch (what)
        {
            case string text:
                Fold(text);
                break;
            case IActorRef actor:
                Fold((ulong)actor.Path.Uid);
                Fold(actor.Path.Address);
                break;
        }

        _tail[_steps++ % _tail.Length] = new Entry(time, scope, what);
    }

    public void Fold(ulong value)
    {
        ulong mixed = (Hash ^ value) * Multiplier;
        Hash = BitOperations.RotateLeft(mixed, 29) ^ (mixed >> 32);
    }

    public void Fold(string text)
    {
        Fold((ulong)text.Length);
        ulong word = 0;
        for (int i = 0; i < text.Length; i++)
        {
            word = (word << 16) | text[i];
            if ((i & 3) == 3)
            {
                Fold(word);
                word = 0;
            }
        }

        Fold(word);
    }

    public void Fold(ReadOnlySpan<byte> bytes)
    {
        Fold((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            Fold(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong rest = 0;
        foreach (byte b in bytes)
        {
            rest = (rest << 8) | b;
        }

        Fold(rest);
    }

    /// <summary>The last steps, oldest first, as <c>time host what</c>.</summary>
    public IReadOnlyList<string> Tail()
    {
        long first = Math.Max(0, _steps - _tail.Length);
        var lines = new List<string>();
        for (long i = first; i < _steps; i++)
        {
            Entry entry = _tail[i % _tail.Length];
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeSpan.FromTicks(entry.Time):c} {entry.Scope.Name} {entry.What}"));
        }

        return lines;
    }

    private readonly record struct Entry(long Time, HostScope Scope, object What);
}
