using Eco.Runtime.Persistence;

namespace Eco.Runtime.Cluster;

/// <summary>What a frame is for.</summary>
public enum FrameKind
{
    /// <summary>A durable message with its number.</summary>
    Message,

    /// <summary>All messages up to a number are applied.</summary>
    Acknowledgement,

    /// <summary>A number is missing: send again from there.</summary>
    Gap,

    /// <summary>A message that may be lost: heartbeats, statistics, the handshake of joining.</summary>
    Volatile,

    /// <summary>Tells whoever receives a partition's queue that it does: the first delivery on a new subscription activates the partition.</summary>
    Tick,

    /// <summary>A command of a person to an entity that runs on another server; carried out at most once, and answered.</summary>
    Ask,

    /// <summary>The answer to an <see cref="Ask"/>, to the server that sent it.</summary>
    Answer,

    /// <summary>From who asked: the answer is still waited for, so that the command may be carried out.</summary>
    Grant,
}

/// <summary>What travels between hosts, from entity to entity.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="From">The sending entity.</param>
/// <param name="To">The receiving entity.</param>
/// <param name="SequenceNr">
/// Message: its number, gapless per (From, To). Acknowledgement: the last applied number of the messages from To to From. Gap: the
/// number that is expected next. Ask, Answer and Grant: the question's number.
/// </param>
/// <param name="OwnerEpoch">The sender's claim at the moment of sending; a receiver drops a frame with an older one than it has seen.</param>
/// <param name="Timestamp">When the message was decided.</param>
/// <param name="Manifest">The message's manifest; null without a message.</param>
/// <param name="Payload">The message's UTF-8 JSON; empty without a message.</param>
/// <param name="Acknowledged">A message frame also acknowledges all up to this number in the other direction; 0 for none.</param>
/// <param name="IsResent">Whether the message was sent before, so that its receiver's host may have ended over it.</param>
public sealed record Frame(
    FrameKind Kind,
    string From,
    string To,
    long SequenceNr,
    long OwnerEpoch,
    HybridTimestamp Timestamp,
    string? Manifest,
    byte[] Payload,
    long Acknowledged = 0,
    bool IsResent = false);
